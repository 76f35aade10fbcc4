// The index that is in a store's directory before anything is done there.
#pragma once

#include "foldwave/catalog/quarantine.h"
#include "foldwave/comm/group.h"
#include "preparation/task.h"

namespace foldwave::preparation {

// What an index tells of its store.
struct Contents {
  double audio_s = 0;
  catalog::Quarantine unusable;
};

struct FoundIndex {
  bool there = false;
  bool reliable = false;   // of this plan, readable, of shards that were verified and are there: the store is finished
  Contents contents = {};  // where it is reliable
};
FoundIndex found_index(const Task& task, const comm::Group& group);  // collective

Contents read_contents(const Task& task);  // of the finished store

}  // namespace foldwave::preparation
