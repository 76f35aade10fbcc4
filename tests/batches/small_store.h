// A small feature store of made-up songs, for one test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/batches/batches.h"
#include "foldwave/core/random.h"
#include "foldwave/store/store.h"

namespace foldwave::batches {

inline features::FeatureConfig small_features() {
  features::FeatureConfig config;
  config.sample_rate = 8000;
  config.n_fft = 256;
  config.hop_length = 60;  // not a divisor of n_fft
  config.n_mels = 16;
  config.n_mfcc = 5;
  return config;
}

// A tone in noise, on the int16 grid of the store, with `margin` samples around it that the trim cuts off.
inline store::TrackFeatures made_up_song(const std::string& id, int64_t samples, int64_t margin) {
  store::TrackFeatures song;
  song.song_id = id;
  song.trim_begin = margin;
  song.trim_end = margin + samples;
  Random random({.seed = static_cast<uint32_t>(samples)});
  for (int64_t i = 0; i < samples + 2 * margin; ++i) {
    const double value = 0.4 * std::sin(0.05 * static_cast<double>(i)) + 0.1 * random.uniform(-1, 1);
    song.waveform.push_back(static_cast<float>(value));
  }
  float loudest = 0;
  for (const float sample : song.waveform) loudest = std::max(loudest, std::abs(sample));
  for (float& sample : song.waveform) sample = std::round(sample / loudest * 32767) * (loudest / 32767);

  const auto trimmed = std::span(song.waveform).subspan(static_cast<size_t>(margin), static_cast<size_t>(samples));
  song.duration_s = static_cast<double>(song.waveform.size()) / small_features().sample_rate;
  features::FeatureExtractor extract(small_features());
  extract(trimmed, song.features);
  return song;
}

// A finished store of these songs, `first_row` of each shard and the end given.
inline void write_store(const std::filesystem::path& folder, const features::FeatureConfig& config,
                        const std::vector<store::TrackFeatures>& songs, const std::vector<int64_t>& first_row) {
  std::filesystem::create_directories(folder);
  store::StorePlan plan;
  plan.feature_json = features::to_json(config);
  plan.catalog_hash = "0123456789abcdef";
  plan.first_row = first_row;
  store::publish_plan(folder, plan);
  for (int shard = 0; shard < plan.shards(); ++shard) {
    store::ShardWriter writer(plan, config, folder, shard);
    for (int64_t row = plan.first_row[shard]; row < plan.first_row[shard + 1]; ++row)
      writer.add(songs[static_cast<size_t>(row)]);
    writer.publish();
  }
  store::publish_index(folder, plan);
}

class SmallStore : public ::testing::Test {
 protected:
  // Songs of 0.5 to 2 seconds in two shards; "short" has fewer frames than a crop.
  SmallStore() {
    std::vector<store::TrackFeatures> songs;
    for (int i = 0; i < 10; ++i)
      songs.push_back(made_up_song("song " + std::to_string(i), 4000 + 1237 * i, 100 + 17 * i));
    songs.push_back(made_up_song("short", 700, 50));
    write_store(folder, small_features(), songs, {0, 6, static_cast<int64_t>(songs.size())});
  }
  ~SmallStore() override { std::filesystem::remove_all(folder); }

  Songs all_songs(const store::FeatureStore& store) const {
    Songs songs;
    for (int track = 0; track < store.tracks(); ++track) {
      songs.track.push_back(track);
      songs.label.push_back(track % 3);
    }
    return songs;
  }

  static std::vector<float> mfcc_summary_of(const store::FeatureStore& store, int track) {
    std::vector<float> summary(4 * static_cast<size_t>(store.features().n_mfcc));
    store.read_mfcc_summary(track, summary);
    return summary;
  }

  // Input as it is in the store, without a change of scale.
  static InputConfig plain_input(int crop_frames, InputKind kind = InputKind::mel) {
    InputConfig input;
    input.kind = kind;
    input.crop_frames = crop_frames;
    const size_t columns = kind == InputKind::mel ? 16 : 20;
    input.normalisation = {std::vector<float>(columns, 0.0F), std::vector<float>(columns, 1.0F)};
    return input;
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("foldwave-" + std::to_string(getpid()) + "-" + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

}  // namespace foldwave::batches
