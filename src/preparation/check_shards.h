// Shards read as a whole and compared with their checksums, by all ranks.
#pragma once

#include <vector>

#include "foldwave/comm/group.h"
#include "foldwave/core/progress.h"
#include "preparation/task.h"

namespace foldwave::preparation {

struct Damage {
  std::vector<int> shards;  // ascending
  int tracks = 0;           // in them, that differ from what was written
};
// Collective, with the same answer on all ranks; every damaged track is named in a note. Throws Stopped.
Damage check_shards(const Task& task, const std::vector<int>& shards, const comm::Group& group, ProgressSink& sink);

}  // namespace foldwave::preparation
