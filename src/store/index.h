// index.h5: where every track's payloads lie. Written and read a few thousand tracks at a time, whatever their number.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "foldwave/core/files.h"
#include "foldwave/formats/hdf5.h"
#include "foldwave/store/store.h"
#include "store/payload.h"

namespace foldwave::store {

// Some consecutive tracks, in catalogue order.
struct IndexRows {
  std::vector<std::string> song_id;            // [n] of usable tracks
  std::vector<int32_t> shard;                  // [n]
  std::vector<int64_t> row;                    // [n] in the shard's tables
  std::vector<uint64_t> payload_offset;        // [n, payloads] bytes from the shard file's beginning
  std::vector<uint64_t> payload_bytes;         // [n, payloads]
  std::vector<uint32_t> crc32c;                // [n, payloads]
  std::vector<double> duration_s;              // [n]
  std::vector<int64_t> trim;                   // [n, 2] samples
  std::vector<float> waveform_scale, mel_ref;  // [n]

  size_t tracks() const { return song_id.size(); }
};

class IndexWriter {
 public:
  // id_bytes: of the longest song_id
  IndexWriter(const std::filesystem::path& path, const StorePlan& plan, const std::string& feature_config,
              uint64_t tracks, size_t id_bytes);
  void append(const IndexRows& rows);
  void publish(const std::map<std::string, std::string>& unusable, bool verified);  // song_id -> reason

 private:
  PendingFile pending_;
  formats::Hdf5File file_;
  uint64_t written_ = 0;
};

// InputError where the file is not an index, or not one that is whole.
class IndexReader {
 public:
  explicit IndexReader(const std::filesystem::path& path);
  bool next(IndexRows& rows);  // false after the last ones
  std::array<uint32_t, payloads> crc32c(size_t track) const;

  StorePlan plan;
  std::string feature_config;                   // JSON of features::FeatureConfig
  std::map<std::string, std::string> unusable;  // song_id -> reason
  bool verified = false;
  uint64_t tracks = 0;

 private:
  formats::Hdf5File file_;
  uint64_t read_ = 0;
};

}  // namespace foldwave::store
