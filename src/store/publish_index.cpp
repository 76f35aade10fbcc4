// From the tables of all shards to the index that finishes a store.
#include "foldwave/core/errors.h"
#include "foldwave/formats/hdf5.h"
#include "store/index.h"
#include "store/layout.h"
#include "store/shard_tables.h"

namespace foldwave::store {
namespace {

using formats::Half;
using formats::Hdf5File;

template <class T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

struct Extent {
  uint64_t offset, bytes;
};

// Where the rows [begin, end) of an array lie in the file.
struct ArrayPlace {
  uint64_t offset, row_bytes;
  Extent rows(int64_t begin, int64_t end) const {
    return {offset + static_cast<uint64_t>(begin) * row_bytes, static_cast<uint64_t>(end - begin) * row_bytes};
  }
};

ArrayPlace place(const Hdf5File& file, const std::string& name, uint64_t element_bytes) {
  const auto shape = file.shape(name);
  return {file.byte_offset(name), shape.size() > 1 ? shape[1] * element_bytes : element_bytes};
}

void append_payloads(StoreIndex& index, const Hdf5File& file, const ShardTables& tables) {
  const ArrayPlace waveforms = place(file, "/waveform", sizeof(int16_t)), mels = place(file, "/mel", sizeof(Half)),
                   mfccs = place(file, "/mfcc", sizeof(float)), summaries = place(file, "/mfcc_summary", sizeof(float));
  for (size_t i = 0; i < tables.tracks(); ++i) {
    const auto row = static_cast<int64_t>(i);
    const int64_t first_frame = tables.frame_offset[i], end_frame = tables.frame_offset[i + 1];
    const std::array<Extent, payloads> extents = {
        waveforms.rows(tables.waveform_offset[i], tables.waveform_offset[i + 1]), mels.rows(first_frame, end_frame),
        mfccs.rows(first_frame, end_frame), summaries.rows(row, row + 1)};
    for (const Extent& extent : extents) {
      index.payload_offset.push_back(extent.offset);
      index.payload_bytes.push_back(extent.bytes);
    }
  }
}

void append_shard(StoreIndex& index, const std::filesystem::path& path, int shard) {
  const Hdf5File file = Hdf5File::open(path);
  const ShardTables tables = read_tables(file, path);
  index.feature_config = file.text_attribute("/", "feature_config");
  append_payloads(index, file, tables);
  for (size_t i = 0; i < tables.tracks(); ++i) {
    index.shard.push_back(shard);
    index.row.push_back(static_cast<int64_t>(i));
  }
  append(index.song_id, tables.song_id);
  append(index.crc32c, tables.crc32c);
  append(index.duration_s, tables.duration_s);
  append(index.trim, tables.trim);
  append(index.waveform_scale, tables.waveform_scale);
  append(index.mel_ref, tables.mel_ref);
  append(index.mfcc_summary, tables.mfcc_summary);
  append(index.unusable_song_id, tables.unusable_song_id);
  append(index.unusable_reason, tables.unusable_reason);
}

}  // namespace

void publish_index(const std::filesystem::path& directory, const StorePlan& plan) {
  StoreIndex index;
  index.plan = plan;
  for (int shard = 0; shard < plan.shards(); ++shard) {
    if (!shard_is_whole(directory, plan, shard))
      throw SystemError("'" + shard_path(directory, shard).string() + "' is not a whole shard of its plan");
    append_shard(index, shard_path(directory, shard), shard);
  }
  write_index(index_path(directory), index);
}

void withdraw_index(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::remove(index_path(directory), error);
  if (error) throw SystemError("removing '" + index_path(directory).string() + "': " + error.message());
}

bool is_finished(const std::filesystem::path& directory) { return std::filesystem::exists(index_path(directory)); }

}  // namespace foldwave::store
