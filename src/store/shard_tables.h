// The small arrays of a shard, one row a track: everything but the payloads themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/formats/hdf5.h"
#include "store/payload.h"

namespace foldwave::store {

struct ShardTables {
  std::vector<std::string> song_id;                                            // [n] of the usable tracks
  std::vector<double> duration_s;                                              // [n]
  std::vector<int64_t> trim;                                                   // [n, 2] samples
  std::vector<int64_t> waveform_offset = {0};                                  // [n + 1] samples
  std::vector<int64_t> frame_offset = {0};                                     // [n + 1] frames
  std::vector<float> waveform_scale;                                           // [n]
  std::vector<float> mel_ref;                                                  // [n]
  std::vector<uint32_t> crc32c;                                                // [n, payloads]
  std::vector<std::string> unusable_song_id, unusable_reason, unusable_stamp;  // [rows of the plan - n]

  size_t tracks() const { return song_id.size(); }
};

// Calls visit(name in the file, values, values a row) for each.
template <class Tables, class Visit>
void for_each_table(Tables& tables, Visit visit) {
  visit("/song_id", tables.song_id, 1);
  visit("/duration", tables.duration_s, 1);
  visit("/trim", tables.trim, 2);
  visit("/waveform_offset", tables.waveform_offset, 1);
  visit("/frame_offset", tables.frame_offset, 1);
  visit("/waveform_scale", tables.waveform_scale, 1);
  visit("/mel_ref", tables.mel_ref, 1);
  visit("/crc32c", tables.crc32c, payloads);
  visit("/unusable_song_id", tables.unusable_song_id, 1);
  visit("/unusable_reason", tables.unusable_reason, 1);
  visit("/unusable_stamp", tables.unusable_stamp, 1);
}

void write_tables(formats::Hdf5File& file, const ShardTables& tables);

// InputError where the arrays do not fit together.
ShardTables read_tables(const formats::Hdf5File& file, const std::filesystem::path& path);

}  // namespace foldwave::store
