// Shards made by all ranks on demand, with the progress that rank 0 hears of.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "foldwave/catalog/quarantine.h"
#include "foldwave/comm/group.h"
#include "foldwave/core/progress.h"
#include "preparation/shard_maker.h"
#include "preparation/task.h"

namespace foldwave::preparation {

using MakeShard = std::function<ShardOutcome(int shard, const ShardMaker::TracksDone& tracks_done)>;

// What rank 0 knows of the whole store.
struct Tally {
  catalog::Quarantine unusable;
  std::set<int> made;  // shards
};

// Collective; keeps rank 0's tally up to date. SystemError when more are unusable than config allows, Stopped when the
// stop flag was raised; shards that were made stay.
void make_shards(const Task& task, const std::vector<int>& shards, const MakeShard& make, const comm::Group& group,
                 ProgressSink& sink, Tally& tally);

}  // namespace foldwave::preparation
