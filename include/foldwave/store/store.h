// The feature store: shards written once by one rank each, an index published last, tracks read by pread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "foldwave/features/features.h"
#include "foldwave/formats/half.h"

namespace foldwave::store {

// Decided first and published as plan.json; a resume keeps it.
struct StorePlan {
  std::string feature_json;  // parameters of audio and features: stores with equal JSON hold equal features
  std::string catalog_hash;
  std::vector<int64_t> first_row;  // [shards + 1] shard s holds the tracks [first_row[s], first_row[s+1])

  int shards() const { return static_cast<int>(first_row.size()) - 1; }
  std::string config_hash() const;
};
void publish_plan(const std::filesystem::path& directory, const StorePlan& plan);
StorePlan read_plan(const std::filesystem::path& directory);  // InputError if it is not there or not one

// All that is kept of a track.
struct TrackFeatures {
  std::string song_id;
  double duration_s = 0;
  std::vector<float> waveform;           // untrimmed mono; may go beyond +-1
  int64_t trim_begin = 0, trim_end = 0;  // samples
  features::Features features;           // of the trimmed part
};

// One shard in memory, then on disk at once under its final name. Tracks come in catalogue order; unusable ones are
// named with their reason, so that the shard alone tells what became of each of its rows.
class ShardWriter {
 public:
  ShardWriter(const StorePlan& plan, const features::FeatureConfig& config);
  void add(const TrackFeatures& track);
  void add_unusable(const std::string& song_id, const std::string& reason);
  void publish(const std::filesystem::path& directory, int shard);  // shard-00000.h5

 private:
  struct State;
  std::shared_ptr<State> state_;
};

std::filesystem::path shard_path(const std::filesystem::path& directory, int shard);
// There, opens, of the plan's parameters, catalogue and rows.
bool shard_is_whole(const std::filesystem::path& directory, const StorePlan& plan, int shard);
// song_id -> reason
std::map<std::string, std::string> shard_unusable(const std::filesystem::path& directory, int shard);

// Reads every shard's tables and publishes index.h5: the store is finished from then on.
void publish_index(const std::filesystem::path& directory, const StorePlan& plan);
bool is_finished(const std::filesystem::path& directory);
// If there is an index: the store is unfinished again. Throws SystemError.
void withdraw_index(const std::filesystem::path& directory);

// A finished store. Reading is thread-safe, opens shards on first use and reads just the bytes asked for.
class FeatureStore {
 public:
  explicit FeatureStore(const std::filesystem::path& directory);
  ~FeatureStore();

  const StorePlan& plan() const;
  const features::FeatureConfig& features() const;
  int find(const std::string& song_id) const;  // the store's track number; -1: not there (or unusable)
  const std::string& song_id(int track) const;
  const std::map<std::string, std::string>& unusable() const;  // song_id -> reason
  int tracks() const;

  int frames(int track) const;       // of mel and MFCC
  int64_t samples(int track) const;  // of the waveform
  double duration_s(int track) const;
  int64_t trim_begin(int track) const;
  int64_t trim_end(int track) const;
  float mel_ref(int track) const;  // the track's maximum, power
  // Rows [first, first + out.size() / n_mels) of the mel spectrogram in dB re mel_ref: [frames, n_mels].
  void read_mel_db(int track, int first_frame, std::span<float> out) const;
  void read_waveform(int track, int64_t first_sample, std::span<float> out) const;
  std::span<const float> mfcc_summary(int track) const;  // [4 * n_mfcc], held in memory
  void verify(int track) const;  // reads every payload; SystemError names the one whose CRC32C differs

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foldwave::store
