// Small stores of made-up tracks.
#pragma once

#include <cmath>
#include <string>

#include "foldwave/store/store.h"

namespace foldwave::store {

inline features::FeatureConfig small_config() {
  features::FeatureConfig config;
  config.sample_rate = 22050;
  config.n_fft = 256;
  config.hop_length = 128;
  config.n_mels = 8;
  config.n_mfcc = 4;
  return config;
}

inline StorePlan plan_of(const std::vector<int64_t>& first_row) {
  return {features::to_json(small_config()), "cafe", first_row};
}

// Track `number` is a decaying tone beyond +-1, of a length of its own.
inline TrackFeatures example_track(int number) {
  const auto config = small_config();
  TrackFeatures track;
  track.song_id = "song-" + std::to_string(number);
  track.waveform.resize(2000 + 100 * static_cast<size_t>(number));
  for (size_t i = 0; i < track.waveform.size(); ++i) {
    const auto t = static_cast<double>(i) / config.sample_rate;
    track.waveform[i] = static_cast<float>(1.3 * std::exp(-t) * std::sin(600 * (number + 1) * t));
  }
  track.duration_s = static_cast<double>(track.waveform.size()) / config.sample_rate;
  track.trim_begin = 10;
  track.trim_end = static_cast<int64_t>(track.waveform.size());
  features::FeatureExtractor extract(config);
  extract(std::span(track.waveform).subspan(10), track.features);
  return track;
}

// Tracks 0 .. the plan's last row; `unusable` is one of them, or -1.
inline void make_store(const std::filesystem::path& directory, const StorePlan& plan, int unusable = -1) {
  publish_plan(directory, plan);
  for (int shard = 0; shard < plan.shards(); ++shard) {
    ShardWriter writer(plan, small_config(), directory, shard);
    for (auto row = static_cast<int>(plan.first_row[static_cast<size_t>(shard)]);
         row < plan.first_row[static_cast<size_t>(shard) + 1]; ++row) {
      if (row == unusable)
        writer.add_unusable("song-" + std::to_string(row), "no samples", "0 bytes");
      else
        writer.add(example_track(row));
    }
    writer.publish();
  }
  publish_index(directory, plan);
}

}  // namespace foldwave::store
