// index.h5: where every track's payloads lie, and all that is small enough to hold in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/store/store.h"
#include "store/payload.h"

namespace foldwave::store {

struct StoreIndex {
  StorePlan plan;
  std::string feature_config;                  // JSON of features::FeatureConfig
  std::vector<std::string> song_id;            // [n] of the usable tracks, in catalogue order
  std::vector<int32_t> shard;                  // [n]
  std::vector<int64_t> row;                    // [n] in the shard's tables
  std::vector<uint64_t> payload_offset;        // [n, payloads] bytes from the shard file's beginning
  std::vector<uint64_t> payload_bytes;         // [n, payloads]
  std::vector<uint32_t> crc32c;                // [n, payloads]
  std::vector<double> duration_s;              // [n]
  std::vector<int64_t> trim;                   // [n, 2] samples
  std::vector<float> waveform_scale, mel_ref;  // [n]
  std::vector<float> mfcc_summary;             // [n, 4 * n_mfcc]
  std::vector<std::string> unusable_song_id, unusable_reason;

  size_t tracks() const { return song_id.size(); }
};

void write_index(const std::filesystem::path& path, const StoreIndex& index);  // atomic
StoreIndex read_index(const std::filesystem::path& path);  // InputError where the arrays do not fit together

}  // namespace foldwave::store
