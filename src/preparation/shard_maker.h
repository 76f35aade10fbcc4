// One shard of a store, made from its audio files by one rank.
#pragma once

#include <filesystem>
#include <functional>

#include "foldwave/audio/audio.h"
#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/quarantine.h"
#include "foldwave/features/features.h"
#include "foldwave/store/store.h"

namespace foldwave::preparation {

class ShardMaker {
 public:
  ShardMaker(const catalog::Catalog& catalog, const audio::AudioConfig& audio, const features::FeatureConfig& features,
             const store::StorePlan& plan, const std::filesystem::path& directory);

  // Publishes the shard and returns its unusable tracks; `track_done` is called after each track. Throws Stopped, with
  // nothing published, when the stop flag is raised on the way.
  catalog::Quarantine operator()(int shard, const std::function<void()>& track_done);

 private:
  store::TrackFeatures features_of(int track);  // throws UnusableAudio

  const catalog::Catalog& catalog_;
  const audio::AudioConfig& audio_;
  const features::FeatureConfig& features_;
  const store::StorePlan& plan_;
  std::filesystem::path directory_;
  features::FeatureExtractor extract_;
};

}  // namespace foldwave::preparation
