#include "preparation/make_shards.h"

#include <fmt/format.h>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/log.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/core/words.h"
#include "preparation/few_unusable.h"
#include "preparation/packed.h"

namespace foldwave::preparation {
namespace {

// Tracks as rank 0 hears of them.
class TrackCount {
 public:
  TrackCount(const Task& task, const std::vector<int>& shards, size_t unusable, ProgressSink& sink) : sink_(sink) {
    progress_.stage = "prepare";
    progress_.unit = "tracks";
    progress_.done = progress_.total = task.tracks();
    for (const int shard : shards) progress_.done -= task.end_track(shard) - task.first_track(shard);
    set_unusable(unusable);
  }
  void add(int tracks, double audio_s) {
    progress_.done += tracks;
    progress_.audio_s += audio_s;
    sink_.update(progress_);
  }
  void set_unusable(size_t count) {
    progress_.detail = count == 0 ? "" : std::to_string(count) + " unusable";
    sink_.update(progress_);
  }

 private:
  ProgressSink& sink_;
  Progress progress_;
};

void log_shard(const Task& task, int shard, size_t unusable, bool made, double seconds) {
  Log::say(LogLevel::info,
           fmt::format("shard {} {}: {} in {:.1f} s, {} unusable", shard, made ? "made" : "was there",
                       counted(task.end_track(shard) - task.first_track(shard), "track"), seconds, unusable));
}

}  // namespace

void make_shards(const Task& task, const std::vector<int>& shards, const MakeShard& make, const comm::Group& group,
                 ProgressSink& sink, Tally& tally) {
  TrackCount count(task, shards, tally.unusable.size(), sink);
  const auto shard_of = [&](int item) { return shards[static_cast<size_t>(item)]; };
  comm::SharedWork work;
  work.work = [&](int item, const comm::SharedWork::Say& say) {
    Whereabouts::say("prepare, chunk " + std::to_string(item));
    const double began = monotonic_s();
    const auto [unusable, made] = make(shard_of(item), [&](int tracks, double audio_s) {
      say(packed({tracks, audio_s}));
    });
    log_shard(task, shard_of(item), unusable.size(), made, monotonic_s() - began);
    return packed({unusable, made});
  };
  work.on_news = [&](int, int, const std::string& news) {
    const auto tracks_done = unpacked(news);
    count.add(tracks_done[0], tracks_done[1]);
  };
  work.on_outcome = [&](int item, int, const std::string& outcome) {
    const auto made = unpacked(outcome);
    const int shard = shard_of(item);
    auto& unusable = tally.unusable;
    unusable.erase(unusable.lower_bound(task.first_track(shard)), unusable.lower_bound(task.end_track(shard)));
    unusable.merge(made[0].get<catalog::Quarantine>());
    if (made[1].get<bool>()) tally.made.insert(shard);
    count.set_unusable(unusable.size());
    require_few_unusable(unusable, task.catalog, task.config);
  };
  const int items = static_cast<int>(shards.size());
  const int done = comm::share_work(group, items, work);
  if (done < items)
    throw Stopped("stopped while preparing: " + std::to_string(items - done) + " shards are still to be made");
}

}  // namespace foldwave::preparation
