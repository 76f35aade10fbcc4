// What a reader holds in memory of every track: 48 bytes, and its id. The tracks of a shard lie one behind the other,
// so running sums tell where a payload is.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "foldwave/features/features.h"
#include "store/index.h"
#include "store/payload.h"
#include "store/song_ids.h"

namespace foldwave::store {

class TrackTable {
 public:
  TrackTable(const features::FeatureConfig& config, int shards, size_t tracks);
  void append(const IndexRows& rows, const std::string& where);  // InputError where they contradict each other

  size_t tracks() const { return duration_s.size(); }
  int shard(size_t track) const;
  Extent extent(size_t track, Payload payload) const;  // in the shard's file
  int64_t samples(size_t track) const { return first_sample_[track + 1] - first_sample_[track]; }
  int64_t frames(size_t track) const { return first_frame_[track + 1] - first_frame_[track]; }

  SongIds song_id;
  std::vector<double> duration_s;
  std::vector<int64_t> trim;  // [n, 2] samples
  std::vector<float> waveform_scale, mel_ref;

 private:
  int64_t first_row(size_t track, Payload payload) const;  // of the array of all shards
  bool append_row(const IndexRows& rows, size_t i);

  std::array<uint64_t, payloads> row_bytes_;                     // of a sample, a frame, a track
  std::vector<int64_t> first_sample_ = {0}, first_frame_ = {0};  // [n + 1]
  std::vector<size_t> first_track_;                              // [shards so far]
  std::vector<std::array<uint64_t, payloads>> begin_;            // [shards so far] of the arrays in the file
  size_t shards_;
};

}  // namespace foldwave::store
