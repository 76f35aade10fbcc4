// The small arrays of a shard, one row a track: everything but the payloads themselves.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/formats/hdf5.h"
#include "store/payload.h"

namespace foldwave::store {

struct ShardTables {
  std::vector<std::string> song_id;            // [n] of the usable tracks
  std::vector<double> duration_s;              // [n]
  std::vector<int64_t> trim;                   // [n, 2] samples
  std::vector<int64_t> waveform_offset = {0};  // [n + 1] samples
  std::vector<int64_t> frame_offset = {0};     // [n + 1] frames
  std::vector<float> waveform_scale;           // [n]
  std::vector<float> mel_ref;                  // [n]
  std::vector<float> mfcc_summary;             // [n, 4 * n_mfcc]: a payload, but a small one
  std::vector<uint32_t> crc32c;                // [n, payloads]
  std::vector<std::string> unusable_song_id, unusable_reason;

  size_t tracks() const { return song_id.size(); }
};

void write_tables(formats::Hdf5File& file, const ShardTables& tables, uint64_t summary_columns);

// InputError where the arrays do not fit together.
ShardTables read_tables(const formats::Hdf5File& file, const std::filesystem::path& path);

}  // namespace foldwave::store
