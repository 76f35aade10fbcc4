#include "store/shard_tables.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "store/table_io.h"

namespace foldwave::store {
namespace {

// Offsets into an array of `rows` rows.
void require_offsets(const std::vector<int64_t>& offset, const std::string& array, const formats::Hdf5File& file,
                     const std::string& where) {
  const bool ascends = std::is_sorted(offset.begin(), offset.end());
  if (!ascends || offset.front() != 0 || static_cast<uint64_t>(offset.back()) != file.shape(array).at(0)) {
    throw InputError(where + ": the offsets of '" + array + "' do not divide it");
  }
}

void require_consistent(const ShardTables& t, const formats::Hdf5File& file, const std::string& where) {
  const size_t n = t.tracks(), unusable = t.unusable_song_id.size();
  const bool same = t.duration_s.size() == n && t.trim.size() == 2 * n && t.waveform_offset.size() == n + 1 &&
                    t.frame_offset.size() == n + 1 && t.waveform_scale.size() == n && t.mel_ref.size() == n &&
                    t.crc32c.size() == payloads * n && t.unusable_reason.size() == unusable &&
                    t.unusable_stamp.size() == unusable && file.shape("/mfcc_summary").at(0) == n &&
                    file.shape("/summary").at(0) == n;
  if (!same) throw InputError(where + ": its tables differ in length");
  require_offsets(t.waveform_offset, "/waveform", file, where);
  require_offsets(t.frame_offset, "/mel", file, where);
  require_offsets(t.frame_offset, "/mfcc", file, where);
}

}  // namespace

void write_tables(formats::Hdf5File& file, const ShardTables& tables) {
  for_each_table(
      tables, [&](const char* name, const auto& values, size_t columns) { write_table(file, name, values, columns); });
  file.set_attribute("/crc32c", "payloads", std::vector<std::string>(payload_names.begin(), payload_names.end()));
}

ShardTables read_tables(const formats::Hdf5File& file, const std::filesystem::path& path) {
  ShardTables tables;
  for_each_table(tables, [&](const char* name, auto& values, size_t) { read_table(file, name, values); });
  require_consistent(tables, file, path.string());
  return tables;
}

}  // namespace foldwave::store
