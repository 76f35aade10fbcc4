#include "store/shard_tables.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "store/shard_attributes.h"
#include "store/table_io.h"
#include "store/tables_crc.h"

namespace foldwave::store {
namespace {

int64_t crc_of(const formats::Hdf5File& file, const ShardTables& tables) {
  TablesCrc crc;
  crc.add("/", attribute_texts(file));
  for_each_table(tables, [&](const char* name, const auto& values, size_t) { crc.add(name, values); });
  return crc.value();
}

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
  file.set_attribute("/", "tables_crc32c", crc_of(file, tables));
}

ShardTables read_tables(const formats::Hdf5File& file, const std::filesystem::path& path) {
  ShardTables tables;
  for_each_table(tables, [&](const char* name, auto& values, size_t) { read_table(file, name, values); });
  if (file.number_attribute("/", "tables_crc32c") != static_cast<double>(crc_of(file, tables)))
    throw InputError(path.string() + ": damaged: its tables do not match their CRC32C");
  require_consistent(tables, file, path.string());
  return tables;
}

}  // namespace foldwave::store
