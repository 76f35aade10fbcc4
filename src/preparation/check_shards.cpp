#include "preparation/check_shards.h"

#include <algorithm>
#include <set>
#include <utility>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/errors.h"
#include "preparation/packed.h"

namespace foldwave::preparation {
namespace {

// What of a shard is not as it was written.
struct Differences {
  std::string whole_shard;                            // why all of it is of no use; else:
  std::vector<std::pair<int, std::string>> payloads;  // track, payload
};

Differences differences_in(const Task& task, int shard) {
  Differences differences;
  try {
    // Of what has just been written, the page cache may answer: the disk is asked again when the user asks.
    const auto from = task.config.verify ? store::ReadFrom::disk : store::ReadFrom::page_cache;
    const auto damaged = store::damaged_tracks(task.config.store, task.plan, shard, from);
    for (int track = task.first_track(shard); track < task.end_track(shard) && !damaged.empty(); ++track) {
      for (const auto& [song_id, payload] : damaged)
        if (song_id == task.song_id(track)) differences.payloads.emplace_back(track, payload);
    }
  } catch (const Error& error) {  // a shard's edge: it is made again
    differences.whole_shard = error.what();
  }
  return differences;
}

void name(const Differences& differences, const Task& task, int shard, ProgressSink& sink) {
  const std::string file = "'" + store::shard_path(task.config.store, shard).string() + "'";
  if (!differences.whole_shard.empty()) sink.note(differences.whole_shard + "; " + file + " is made again");
  for (const auto& [track, payload] : differences.payloads)
    sink.note(file + " is damaged: " + payload + " of song '" + task.song_id(track) + "' ('" +
              task.catalog.file_of(track).string() + "') does not match its CRC32C; the shard is made again");
}

int tracks_in(const Differences& differences, const Task& task, int shard) {
  if (!differences.whole_shard.empty()) return task.end_track(shard) - task.first_track(shard);
  std::set<int> tracks;
  for (const auto& [track, payload] : differences.payloads) tracks.insert(track);
  return static_cast<int>(tracks.size());
}

}  // namespace

Damage check_shards(const Task& task, const std::vector<int>& shards, const comm::Group& group, ProgressSink& sink) {
  Damage damage;
  const int items = static_cast<int>(shards.size());
  const auto shard_of = [&](int item) { return shards[static_cast<size_t>(item)]; };
  Progress progress;
  progress.stage = "verify";
  progress.unit = "shards";
  progress.total = items;
  if (items > 0) sink.update(progress);
  const int done = comm::share_work(
      group, items,
      [&](int item) {
        const Differences found = differences_in(task, shard_of(item));
        return packed({found.whole_shard, found.payloads});
      },
      [&](int item, int, const std::string& outcome) {
        const auto parts = unpacked(outcome);
        const Differences found{parts[0], parts[1]};
        const int tracks = tracks_in(found, task, shard_of(item));
        name(found, task, shard_of(item), sink);
        if (tracks > 0) damage.shards.push_back(shard_of(item));
        damage.tracks += tracks;
        ++progress.done;
        sink.update(progress);
      });
  if (done < items) throw Stopped("stopped while verifying the feature store");
  const auto all = unpacked(comm::on_rank_0(group, [&] {
    std::sort(damage.shards.begin(), damage.shards.end());
    return packed({damage.shards, damage.tracks});
  }));
  return {all[0], all[1]};
}

}  // namespace foldwave::preparation
