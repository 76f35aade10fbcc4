#include <algorithm>
#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"
#include "preparation/plan.h"
#include "preparation/shard_maker.h"

namespace foldwave::preparation {
namespace {

using catalog::Catalog;
using catalog::Quarantine;
using Json = nlohmann::json;

// What rank 0 found in the store's directory, and what is left to do there.
struct Task {
  store::StorePlan plan;
  std::vector<int> pending;  // shards, ascending
  Quarantine unusable;       // of the shards that are kept
};

std::string to_text(const Task& task) {
  const auto& plan = task.plan;
  return Json::array({plan.feature_json, plan.catalog_hash, plan.first_row, task.pending, task.unusable}).dump();
}

Task task_from(const std::string& text) {
  const Json json = Json::parse(text);
  return {{json[0], json[1], json[2]}, json[3], json[4].get<Quarantine>()};
}

Quarantine unusable_of_shard(const Catalog& catalog, const store::StorePlan& plan,
                             const std::filesystem::path& directory, int shard) {
  const auto reasons = store::shard_unusable(directory, shard);
  Quarantine unusable;
  for (int64_t row = plan.first_row[static_cast<size_t>(shard)]; row < plan.first_row[static_cast<size_t>(shard) + 1];
       ++row) {
    const auto found = reasons.find(catalog.tracks[static_cast<size_t>(row)].id);
    if (found != reasons.end()) unusable[static_cast<int>(row)] = found->second.reason;
  }
  return unusable;
}

bool any_is_usable_now(const Quarantine& unusable, const Catalog& catalog, const audio::AudioConfig& audio) {
  return std::any_of(unusable.begin(), unusable.end(), [&](const auto& entry) {
    try {
      audio::load(catalog.file_of(entry.first), audio);
      return true;
    } catch (const audio::UnusableAudio&) {
      return false;
    }
  });
}

// On rank 0: the plan that is there, or a new one.
store::StorePlan settled_plan(const Catalog& catalog, const audio::AudioConfig& audio,
                              const features::FeatureConfig& features, const PrepareConfig& config, int ranks) {
  make_directories(config.store);
  if (!std::filesystem::exists(config.store / "plan.json")) {
    store::publish_plan(config.store, make_plan(catalog, audio, features, config.shard_mb, ranks));
  }
  const store::StorePlan plan = store::read_plan(config.store);
  require_same(plan, feature_json(audio, features), catalog.hash(), config.store);
  return plan;
}

// On rank 0. A shard is kept if it is whole; but in an unfinished store, where the user may have mended or mounted
// files since the run that failed, not if one that could not be used can be used now.
Task take_stock(const store::StorePlan& plan, const Catalog& catalog, const audio::AudioConfig& audio,
                const std::filesystem::path& directory) {
  Task task{plan, {}, {}};
  const bool finished = store::is_finished(directory);
  for (int shard = 0; shard < task.plan.shards(); ++shard) {
    const bool whole = store::shard_is_whole(directory, task.plan, shard);
    const Quarantine unusable = whole ? unusable_of_shard(catalog, task.plan, directory, shard) : Quarantine{};
    if (whole && (finished || !any_is_usable_now(unusable, catalog, audio))) {
      task.unusable.insert(unusable.begin(), unusable.end());
    } else {
      task.pending.push_back(shard);
    }
  }
  if (!task.pending.empty()) {
    remove_abandoned(directory);
    store::withdraw_index(directory);
  }
  return task;
}

void require_few_unusable(const Quarantine& unusable, const Catalog& catalog, const PrepareConfig& config) {
  const double allowed =
      std::max(config.max_bad * static_cast<double>(catalog.tracks.size()), static_cast<double>(config.forgiven));
  if (unusable.empty() || static_cast<double>(unusable.size()) <= allowed) return;
  if (!config.quarantine.empty()) catalog::write_quarantine(config.quarantine, catalog, unusable);
  const auto& [track, reason] = *unusable.begin();
  const auto& first = catalog.tracks[static_cast<size_t>(track)];
  throw SystemError(
      std::to_string(unusable.size()) + " of " + std::to_string(catalog.tracks.size()) +
      " audio files cannot be used, a larger share than features.max_bad = " + Json(config.max_bad).dump() +
      "; the first is '" + catalog.file_of(track).string() + "' of song '" + first.id + "': " + reason);
}

// Tracks as rank 0 hears of them.
class TrackCount {
 public:
  TrackCount(const Catalog& catalog, const Task& task, ProgressSink& sink)
      : sink_(sink), unusable_(task.unusable.size()) {
    progress_ = {"prepare", "tracks", static_cast<int64_t>(catalog.tracks.size()),
                 static_cast<int64_t>(catalog.tracks.size()), ""};
    for (const int shard : task.pending)
      progress_.done -=
          task.plan.first_row[static_cast<size_t>(shard) + 1] - task.plan.first_row[static_cast<size_t>(shard)];
    show();
  }
  void track_done() {
    ++progress_.done;
    show();
  }
  void set_unusable(size_t count) {
    unusable_ = count;
    show();
  }

 private:
  void show() {
    progress_.detail = unusable_ == 0 ? "" : std::to_string(unusable_) + " unusable";
    sink_.update(progress_);
  }
  ProgressSink& sink_;
  size_t unusable_;
  Progress progress_;
};

// Collective. Makes the pending shards; returns the unusable tracks of the whole store, complete on rank 0 alone.
Quarantine make_pending(const Task& task, ShardMaker& maker, const Catalog& catalog, const PrepareConfig& config,
                        const comm::Group& group, ProgressSink& sink) {
  Quarantine unusable = task.unusable;
  TrackCount count(catalog, task, sink);
  comm::SharedWork work;
  work.work = [&](int item, const comm::SharedWork::Say& say) {
    return Json(maker(task.pending[static_cast<size_t>(item)], [&] { say(""); })).dump();
  };
  work.on_news = [&](int, int, const std::string&) { count.track_done(); };
  work.on_outcome = [&](int, int, const std::string& of_shard) {
    unusable.merge(Json::parse(of_shard).get<Quarantine>());
    count.set_unusable(unusable.size());
    require_few_unusable(unusable, catalog, config);
  };
  const int pending = static_cast<int>(task.pending.size());
  const int done = comm::share_work(group, pending, work);
  if (done < pending)
    throw Stopped("stopped while preparing: " + std::to_string(pending - done) + " shards are still to be made");
  return unusable;
}

// On rank 0: finishes the store, and its total duration in s.
std::string finish(const Task& task, const Quarantine& unusable, const Catalog& catalog, const PrepareConfig& config) {
  require_few_unusable(unusable, catalog, config);
  if (!store::is_finished(config.store)) store::publish_index(config.store, task.plan);
  const store::FeatureStore store(config.store);
  double audio_s = 0;
  for (int track = 0; track < store.tracks(); ++track) audio_s += store.duration_s(track);
  return Json::array({audio_s, unusable}).dump();
}

}  // namespace

PrepareOutcome prepare(const Catalog& catalog, const audio::AudioConfig& audio, const features::FeatureConfig& features,
                       const PrepareConfig& config, const comm::Group& group, ProgressSink& progress) {
  const Task task = task_from(comm::on_rank_0(group, [&] {
    return to_text(
        take_stock(settled_plan(catalog, audio, features, config, group.size()), catalog, audio, config.store));
  }));
  ShardMaker maker(catalog, audio, features, task.plan, config.store);
  const Quarantine unusable = make_pending(task, maker, catalog, config, group, progress);
  const Json outcome = Json::parse(comm::on_rank_0(group, [&] { return finish(task, unusable, catalog, config); }));
  const int made = static_cast<int>(task.pending.size());
  return {made, task.plan.shards() - made, outcome[0], outcome[1].get<Quarantine>()};
}

store::FeatureStore open_store(const Catalog& catalog, const audio::AudioConfig& audio,
                               const features::FeatureConfig& features, const PrepareConfig& config) {
  if (!store::is_finished(config.store))
    throw InputError("the feature store '" + config.store.string() + "' is not finished: run 'foldwave prepare' first");
  require_same(store::read_plan(config.store), feature_json(audio, features), catalog.hash(), config.store);
  return store::FeatureStore(config.store);
}

}  // namespace foldwave::preparation
