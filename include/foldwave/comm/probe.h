// What ranks find out about each other at a start, in a fraction of a second.
#pragma once

#include "foldwave/comm/group.h"

namespace foldwave::comm {

// Collective. This rank's wall clock less rank 0's, to some milliseconds: as near as ranks leave a barrier together.
double clock_ahead_s(const Group& group);

// Collective. Bytes of a buffer of 4 MiB by the time of its sum over all ranks, in GB/s, the best of three; 0 for one
// rank.
double sum_gb_per_s(const Group& group);

}  // namespace foldwave::comm
