// The feature store: shards written once by one rank each, an index published last, tracks read by pread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
// Makes the directory where it is not there. The first plan stays: false if another run was faster, whose plan
// read_plan then tells. All that a store is made of can be read by the group, whatever the umask.
bool publish_plan(const std::filesystem::path& directory, const StorePlan& plan);
bool is_planned(const std::filesystem::path& directory);      // there is a plan
StorePlan read_plan(const std::filesystem::path& directory);  // InputError if it is not there or not one

// All that is kept of a track.
struct TrackFeatures {
  std::string song_id;
  double duration_s = 0;
  std::vector<float> waveform;           // untrimmed mono; may go beyond +-1
  int64_t trim_begin = 0, trim_end = 0;  // samples
  features::Features features;           // of the trimmed part
};

// One shard, which appears at once under its final name. Payloads wait in unnamed files in the store's directory, so
// that memory holds a row a track and no more. Tracks come in catalogue order; unusable ones are named with their
// reason, so that the shard alone tells what became of each of its rows. A writer that threw is of no more use.
class ShardWriter {
 public:
  ShardWriter(const StorePlan& plan, const features::FeatureConfig& config, const std::filesystem::path& directory,
              int shard);
  ~ShardWriter();
  void add(const TrackFeatures& track);
  // stamp: what its file looked like (size, time), by which a later run sees that it is another; empty: not there
  void add_unusable(const std::string& song_id, const std::string& reason, const std::string& stamp);
  void publish();  // shard-00000.h5; replaces an equal one

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::filesystem::path shard_path(const std::filesystem::path& directory, int shard);
// There, of the plan's parameters, catalogue and rows, and all but its payloads matches its CRC32C.
bool shard_is_whole(const std::filesystem::path& directory, const StorePlan& plan, int shard);
struct Unusable {
  std::string reason, stamp;
};
// By song_id, what could not be used of a shard that is whole; nothing where it is not.
std::optional<std::map<std::string, Unusable>> shard_unusable(const std::filesystem::path& directory,
                                                              const StorePlan& plan, int shard);

// Reads every payload of a whole shard and names those that do not match their CRC32C. Needs no index. Throws an Error
// where the shard is not whole or cannot be read: then all of it is to be made again. From the disk, the page cache is
// not asked where that can be helped.
enum class ReadFrom { page_cache, disk };
struct Damage {
  std::string song_id, payload;
};
std::vector<Damage> damaged_tracks(const std::filesystem::path& directory, const StorePlan& plan, int shard,
                                   ReadFrom from = ReadFrom::disk);

// From every shard's tables to index.h5: the store is finished from then on. `verified`: every payload has been checked
// against its CRC32C, which the index records.
void publish_index(const std::filesystem::path& directory, const StorePlan& plan, bool verified = false);
bool is_finished(const std::filesystem::path& directory);  // there is an index
// Of a finished store, relative to its directory; the index comes last.
std::vector<std::filesystem::path> file_names(const std::filesystem::path& directory);
bool index_is_whole(const std::filesystem::path& directory);     // it can be read and matches its CRC32C
bool index_is_verified(const std::filesystem::path& directory);  // false too where there is none that is whole
// If there is an index: the store is unfinished again. Throws SystemError.
void withdraw_index(const std::filesystem::path& directory);

// A finished store. Reading is thread-safe, opens shards on first use, keeps a bounded number of them open and reads
// just the bytes asked for. About 50 bytes and the id of each track are held in memory.
class FeatureStore {
 public:
  // InputError where there is no finished store. An index that is not there is asked for again during some 2 s if there
  // is a plan, as another node may just have renamed it.
  explicit FeatureStore(const std::filesystem::path& directory);
  ~FeatureStore();

  const StorePlan& plan() const;
  const features::FeatureConfig& features() const;
  int find(std::string_view song_id) const;  // the store's track number; -1: not there (or unusable)
  std::string_view song_id(int track) const;
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
  void read_mfcc_summary(int track, std::span<float> out) const;  // [4 * n_mfcc]
  int summary_columns() const;                                    // of the rich summary; 0: the store has none
  void read_summary(int track, std::span<float> out) const;       // [summary_columns()]
  // The rich summary of the frames [first_frame, first_frame + frames) of the trimmed track, made from its waveform as
  // if that stretch were all there is. Up to 256 MiB of them are kept.
  void read_window_summary(int track, int first_frame, int frames, std::span<float> out) const;
  // The block features (foldwave/features/block_features.h) of those frames: [block_feature_count()]. Up to 256
  // MiB of them are kept.
  void read_block_features(int track, int first_frame, int frames, std::span<float> out) const;
  void verify(int track) const;  // reads every payload; SystemError names the one whose CRC32C differs

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foldwave::store
