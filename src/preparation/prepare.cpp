#include <algorithm>
#include <numeric>

#include "foldwave/core/crash.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"
#include "preparation/check_shards.h"
#include "preparation/few_unusable.h"
#include "preparation/found_index.h"
#include "preparation/make_shards.h"
#include "preparation/packed.h"
#include "preparation/plan.h"
#include "preparation/settled_plan.h"
#include "preparation/shard_maker.h"
#include "preparation/stock.h"
#include "preparation/task.h"

namespace foldwave::preparation {
namespace {

// What is said before the work begins: files that get their second chance, and what a finished store has lost.
void announce(const Task& task, const FoundIndex& index, const std::vector<int>& pending, const CrashedFiles& crashed,
              ProgressSink& sink) {
  for (const auto& [track, crashes] : crashed) {
    if (!crashes.give_up())
      sink.note("'" + task.catalog.file_of(track).string() + "' of song '" + task.song_id(track) +
                "' crashed its reader (" + crashes.signal + ") in an earlier launch; it is tried once more");
  }
  if (!index.there) return;
  for (const int shard : pending)
    sink.note("'" + store::shard_path(task.config.store, shard).string() +
              "' is missing or is not a whole shard of its store; it is made again");
}

// Shards with a file that crashed its reader come last: should it do so again, the others' work is not lost with it.
std::vector<int> in_order(const Task& task, std::vector<int> shards, const CrashedFiles& crashed) {
  std::stable_partition(shards.begin(), shards.end(), [&](int shard) {
    const auto first = crashed.lower_bound(task.first_track(shard));
    return first == crashed.end() || first->first >= task.end_track(shard);
  });
  return shards;
}

std::vector<int> all_shards(const Task& task) {
  std::vector<int> shards(static_cast<size_t>(task.plan.shards()));
  std::iota(shards.begin(), shards.end(), 0);
  return shards;
}

// Collective: all shards against their checksums; those that differ are made again, and must not differ any more.
int verify_and_mend(const Task& task, ShardMaker& maker, const comm::Group& group, ProgressSink& sink, Tally& tally) {
  const Damage damage = check_shards(task, all_shards(task), group, sink);
  if (damage.shards.empty()) return 0;
  comm::on_rank_0(group, [&] {
    store::withdraw_index(task.config.store);
    return std::string();
  });
  const auto mend = [&](int shard, const auto& tracks_done) { return maker.mend(shard, tracks_done); };
  make_shards(task, damage.shards, mend, group, sink, tally);
  const Damage left = check_shards(task, damage.shards, group, sink);
  if (!left.shards.empty())
    throw SystemError("'" + store::shard_path(task.config.store, left.shards.front()).string() +
                      "' was made again and is damaged again: the disk or the memory of this machine is at fault");
  return damage.tracks;
}

}  // namespace

PrepareOutcome prepare(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                       const features::FeatureConfig& features, const PrepareConfig& config, const comm::Group& group,
                       ProgressSink& progress) {
  Task task{catalog, audio, features, config};
  task.plan = settled_plan(task, group, progress);
  comm::on_rank_0(group, [&] {
    remove_abandoned(config.store);  // also beside a finished store: its maker may have been killed in its last step
    return std::string();
  });
  const FoundIndex index = found_index(task, group);
  if (index.reliable && !config.verify)
    return {
        .shards_kept = task.plan.shards(), .audio_s = index.contents.audio_s, .quarantine = index.contents.unusable};

  const Verdicts verdicts = index.reliable ? Verdicts::stand : Verdicts::stand_while_files_are_the_same;
  const Stock stock = take_stock(task, verdicts, group);
  const CrashedFiles crashed = crashed_files(task, group);
  Tally tally{stock.unusable, {}};
  comm::on_rank_0(group, [&] {
    require_few_unusable(tally.unusable, catalog, config);
    announce(task, index, stock.pending, crashed, progress);
    // Only who found an index over missing shards takes it away: one that another run publishes meanwhile stays.
    if (index.there && !stock.pending.empty()) store::withdraw_index(config.store);
    return std::string();
  });

  ShardMaker maker(task, crashed, verdicts);
  const auto make = [&](int shard, const auto& tracks_done) { return maker.make(shard, tracks_done); };
  make_shards(task, in_order(task, stock.pending, crashed), make, group, progress, tally);
  const int damaged = verify_and_mend(task, maker, group, progress, tally);

  const auto outcome = unpacked(comm::on_rank_0(group, [&] {
    if (!index.reliable || !tally.made.empty()) store::publish_index(config.store, task.plan, true);
    forget_crashes(config.store);
    const Contents contents = read_contents(task);
    return packed({tally.made.size(), contents.audio_s, contents.unusable});
  }));
  const int made = outcome[0];
  return {made, task.plan.shards() - made, true, damaged, outcome[1], outcome[2].get<catalog::Quarantine>()};
}

void refuse_other_store(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                        const features::FeatureConfig& features, const PrepareConfig& config) {
  if (store::is_planned(config.store))
    require_same(store::read_plan(config.store), feature_json(audio, features), catalog.hash(), config.store);
}

store::FeatureStore open_store(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                               const features::FeatureConfig& features, const PrepareConfig& config) {
  if (!store::is_finished(config.store))
    throw InputError("the feature store '" + config.store.string() + "' is not finished: run 'foldwave prepare' first");
  refuse_other_store(catalog, audio, features, config);
  return store::FeatureStore(config.store);
}

}  // namespace foldwave::preparation
