// What is prepared, from what and where to: what every step works on, the same on all ranks.
#pragma once

#include <cstdint>

#include "foldwave/audio/audio.h"
#include "foldwave/catalog/catalog.h"
#include "foldwave/features/features.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"

namespace foldwave::preparation {

struct Task {
  const catalog::Catalog& catalog;
  const audio::AudioConfig& audio;
  const features::FeatureConfig& features;
  const PrepareConfig& config;
  store::StorePlan plan = {};

  int first_track(int shard) const { return static_cast<int>(plan.first_row[static_cast<size_t>(shard)]); }
  int end_track(int shard) const { return first_track(shard + 1); }
  int tracks() const { return static_cast<int>(catalog.tracks.size()); }
  std::string song_id(int track) const { return std::string(catalog.tracks.id(static_cast<size_t>(track))); }
};

}  // namespace foldwave::preparation
