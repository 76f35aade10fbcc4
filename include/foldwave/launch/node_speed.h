// How fast this core computes beside whatever else runs on its node.
#pragma once

namespace foldwave::launch {

// Products of two small matrices a second, the best of some slices of milliseconds.
double work_per_s();

}  // namespace foldwave::launch
