// Two clocks: one that only goes forward, for durations; one that people read, for the journal.
#pragma once

#include <string>

namespace foldwave {

double monotonic_s();   // seconds since an arbitrary start; never goes back
std::string utc_now();  // "2026-11-24T23:15:02Z"
double unix_now_s();    // seconds since 1970, for comparing times written by other hosts

}  // namespace foldwave
