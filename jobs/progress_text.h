// Progress as a line of text: what is done, how fast, how long it will take.
#pragma once

#include <string>

#include "foldwave/core/progress.h"

namespace foldwave::jobs {

// `start`: the stage's first progress, whose work was there already and says nothing about the rate. `elapsed_s`: since
// then.
//   prepare  1200/25000 tracks  41.2/s  412x real time  ETA 0:09:37  3 quarantined
// and at the end
//   prepare  446 tracks in 0:12, 37.6/s, 373x real time, 3 quarantined
std::string progress_text(const Progress& start, const Progress& now, double elapsed_s);

}  // namespace foldwave::jobs
