// How figures, times and names are put for people.
#pragma once

#include <cstddef>
#include <string>

#include "foldwave/core/words.h"

namespace foldwave::report {

std::string f1(double value);                        // "0.563"; "-" where there is no number
std::string with_error(double value, double error);  // "0.563 ± 0.031"
std::string range(double low, double high);          // "0.51 – 0.60"
std::string duration(double seconds);                // "4.2 s", "3 min 05 s", "2 h 10 min"
std::string elapsed(double from_s, double to_s);     // "-" unless both are known and in order
std::string utc(double unix_s);                      // "2026-11-24 23:15:02 UTC"; "-" for 0

std::string capital(const std::string& sentence);  // its first letter, where that is plain ASCII

size_t width(const std::string& utf8);           // in characters of a terminal
std::string printable(const std::string& utf8);  // control characters become "?", broken UTF-8 U+FFFD
std::string shortened(const std::string& utf8,
                      size_t most);  // with "…" where it was cut: in the middle, for what is alike mostly begins alike

}  // namespace foldwave::report
