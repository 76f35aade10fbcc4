// One shard of a store, made from its audio files by one rank.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "foldwave/audio/audio.h"
#include "foldwave/catalog/quarantine.h"
#include "foldwave/features/features.h"
#include "foldwave/store/store.h"
#include "preparation/crashed_files.h"
#include "preparation/stock.h"
#include "preparation/task.h"

namespace foldwave::preparation {

struct ShardOutcome {
  catalog::Quarantine unusable;
  bool made = true;  // false: another run was faster
};

// Keeps its buffers from track to track: fresh pages would cost more than the arithmetic.
class ShardMaker {
 public:
  using TracksDone = std::function<void(int tracks, double audio_s)>;

  ShardMaker(const Task& task, const CrashedFiles& crashed, Verdicts verdicts);

  // Publishes the shard; `tracks_done` is called after each track. A shard that another run has published meanwhile
  // stays, as its index may already tell where the bytes lie. Throws Stopped, with nothing published, when the stop
  // flag is raised on the way.
  ShardOutcome make(int shard, const TracksDone& tracks_done);
  // Over a shard that is damaged: SystemError, with nothing published, where that would lose a track, because its audio
  // file is no longer there.
  ShardOutcome mend(int shard, const TracksDone& tracks_done);

 private:
  std::optional<catalog::Quarantine> made_by_another_run(int shard) const;
  catalog::Quarantine add_tracks(store::ShardWriter& writer, int shard, const TracksDone& tracks_done);
  void read(int track, const std::filesystem::path& file);  // into features_; throws UnusableAudio

  const Task& task_;
  const CrashedFiles& crashed_;
  const Verdicts verdicts_;
  audio::Loader load_;
  features::FeatureExtractor extract_;
  store::TrackFeatures features_;
};

}  // namespace foldwave::preparation
