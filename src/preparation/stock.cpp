#include "preparation/stock.h"

#include <algorithm>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/errors.h"
#include "preparation/packed.h"
#include "preparation/stamp.h"

namespace foldwave::preparation {

std::optional<catalog::Quarantine> kept_shard(const Task& task, int shard, Verdicts verdicts) {
  const auto there = store::shard_unusable(task.config.store, task.plan, shard);
  if (!there) return std::nullopt;
  catalog::Quarantine unusable;
  for (int track = task.first_track(shard); track < task.end_track(shard); ++track) {
    const auto found = there->find(task.song_id(track));
    if (found == there->end()) continue;
    const bool same = verdicts == Verdicts::stand ||
                      found->second.stamp == stamp_of(task.catalog.file_of(track), task.audio.file_timeout_s);
    if (!same) return std::nullopt;
    unusable[track] = found->second.reason;
  }
  return unusable;
}

Stock take_stock(const Task& task, Verdicts verdicts, const comm::Group& group) {
  Stock stock;
  const int shards = task.plan.shards();
  const int done = comm::share_work(
      group, shards,
      [&](int shard) {
        const auto kept = kept_shard(task, shard, verdicts);
        return kept ? packed(*kept) : std::string();
      },
      [&](int shard, int, const std::string& kept) {
        if (kept.empty())
          stock.pending.push_back(shard);
        else
          stock.unusable.merge(unpacked(kept).get<catalog::Quarantine>());
      });
  if (done < shards) throw Stopped("stopped while looking through the feature store");
  std::sort(stock.pending.begin(), stock.pending.end());
  stock.pending = unpacked(comm::on_rank_0(group, [&] { return packed(stock.pending); })).get<std::vector<int>>();
  return stock;
}

}  // namespace foldwave::preparation
