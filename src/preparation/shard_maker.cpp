#include "preparation/shard_maker.h"

#include "foldwave/core/crash.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "preparation/stamp.h"

namespace foldwave::preparation {

ShardMaker::ShardMaker(const Task& task, const CrashedFiles& crashed, Verdicts verdicts)
    : task_(task), crashed_(crashed), verdicts_(verdicts), load_(task.audio), extract_(task.features) {
  note_crashes(task.config.store);
}

ShardOutcome ShardMaker::make(int shard, const TracksDone& tracks_done) {
  if (const auto there = made_by_another_run(shard)) {
    tracks_done(task_.end_track(shard) - task_.first_track(shard), 0);
    return {*there, false};
  }
  store::ShardWriter writer(task_.plan, task_.features, task_.config.store, shard);
  const catalog::Quarantine unusable = add_tracks(writer, shard, tracks_done);
  if (const auto there = made_by_another_run(shard)) return {*there, false};
  writer.publish();
  return {unusable};
}

ShardOutcome ShardMaker::mend(int shard, const TracksDone& tracks_done) {
  const auto before = store::shard_unusable(task_.config.store, task_.plan, shard);
  if (!before) return make(shard, tracks_done);
  store::ShardWriter writer(task_.plan, task_.features, task_.config.store, shard);
  const catalog::Quarantine unusable = add_tracks(writer, shard, tracks_done);
  for (const auto& [track, reason] : unusable) {
    if (before->contains(task_.song_id(track))) continue;
    throw SystemError("'" + store::shard_path(task_.config.store, shard).string() +
                      "' is damaged and cannot be made again: '" + task_.catalog.file_of(track).string() +
                      "' of song '" + task_.song_id(track) + "' can no longer be used (" + reason +
                      "). Bring it back, or remove the shard to go on without such files");
  }
  writer.publish();
  return {unusable};
}

// An index that is there while shards are made is of another run that has finished the store: then it is as it is.
std::optional<catalog::Quarantine> ShardMaker::made_by_another_run(int shard) const {
  return kept_shard(task_, shard, store::is_finished(task_.config.store) ? Verdicts::stand : verdicts_);
}

catalog::Quarantine ShardMaker::add_tracks(store::ShardWriter& writer, int shard, const TracksDone& tracks_done) {
  catalog::Quarantine unusable;
  for (int track = task_.first_track(shard); track < task_.end_track(shard); ++track) {
    if (StopFlag::raised()) throw Stopped("stopped while preparing; the finished shards are kept");
    const auto file = task_.catalog.file_of(track);
    const std::string stamp = stamp_of(file, task_.audio.file_timeout_s);  // before it is read: it may change meanwhile
    try {
      read(track, file);
      writer.add(features_);
      tracks_done(1, features_.duration_s);
    } catch (const audio::UnusableAudio& reason) {  // a track's edge: the run goes on without it
      writer.add_unusable(task_.song_id(track), reason.what(), stamp);
      unusable[track] = reason.what();
      tracks_done(1, 0);
    }
  }
  return unusable;
}

void ShardMaker::read(int track, const std::filesystem::path& file) {
  const auto crashes = crashed_.find(track);
  if (crashes != crashed_.end() && crashes->second.give_up()) throw audio::UnusableAudio(crashes->second.reason());
  load_(file, features_.waveform);
  const CrashSubject subject(file.native());
  features_.song_id = task_.song_id(track);
  features_.duration_s = static_cast<double>(features_.waveform.size()) / task_.audio.sample_rate;
  const audio::Span loud = audio::trim(features_.waveform, task_.audio);
  features_.trim_begin = loud.begin;
  features_.trim_end = loud.end;
  extract_(std::span(features_.waveform)
               .subspan(static_cast<size_t>(loud.begin), static_cast<size_t>(loud.end - loud.begin)),
           features_.features);
}

}  // namespace foldwave::preparation
