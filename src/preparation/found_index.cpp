#include "preparation/found_index.h"

#include "preparation/packed.h"

namespace foldwave::preparation {
namespace {

Contents contents_of(const store::FeatureStore& store, const Task& task) {
  Contents contents;
  for (int track = 0; track < store.tracks(); ++track) contents.audio_s += store.duration_s(track);
  if (store.unusable().empty()) return contents;
  for (int track = 0; track < task.tracks(); ++track) {
    const auto found = store.unusable().find(task.song_id(track));
    if (found != store.unusable().end()) contents.unusable[track] = found->second;
  }
  return contents;
}

bool shards_are_there(const Task& task) {
  for (int shard = 0; shard < task.plan.shards(); ++shard)
    if (!std::filesystem::exists(store::shard_path(task.config.store, shard))) return false;
  return true;
}

bool is_of_plan(const store::StorePlan& other, const store::StorePlan& plan) {
  return other.first_row == plan.first_row && other.catalog_hash == plan.catalog_hash &&
         other.config_hash() == plan.config_hash();
}

FoundIndex look(const Task& task) {
  const auto& directory = task.config.store;
  FoundIndex found{.there = store::is_finished(directory)};
  // One that is damaged or was left unverified is made anew from the shards.
  if (!store::index_is_verified(directory) || !shards_are_there(task)) return found;
  const store::FeatureStore store(directory);
  found.reliable = is_of_plan(store.plan(), task.plan);
  if (found.reliable) found.contents = contents_of(store, task);
  return found;
}

}  // namespace

FoundIndex found_index(const Task& task, const comm::Group& group) {
  const auto found = unpacked(comm::on_rank_0(group, [&] {
    const FoundIndex here = look(task);
    return packed({here.there, here.reliable, here.contents.audio_s, here.contents.unusable});
  }));
  return {found[0], found[1], {found[2], found[3].get<catalog::Quarantine>()}};
}

Contents read_contents(const Task& task) { return contents_of(store::FeatureStore(task.config.store), task); }

}  // namespace foldwave::preparation
