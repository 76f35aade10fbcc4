#include "store/shard_tables.h"

#include <algorithm>

#include "foldwave/core/errors.h"

namespace foldwave::store {
namespace {

template <class T>
void write(formats::Hdf5File& file, const std::string& name, const std::vector<T>& values,
           const std::vector<uint64_t>& shape) {
  file.write<T>(name, std::span<const T>(values), shape);
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
  const size_t n = t.tracks();
  const bool same = t.duration_s.size() == n && t.trim.size() == 2 * n && t.waveform_offset.size() == n + 1 &&
                    t.frame_offset.size() == n + 1 && t.waveform_scale.size() == n && t.mel_ref.size() == n &&
                    t.crc32c.size() == payloads * n && t.unusable_song_id.size() == t.unusable_reason.size();
  if (!same) throw InputError(where + ": its tables differ in length");
  if (n > 0 ? t.mfcc_summary.size() % n != 0 : !t.mfcc_summary.empty())
    throw InputError(where + ": /mfcc_summary has not one row a track");
  require_offsets(t.waveform_offset, "/waveform", file, where);
  require_offsets(t.frame_offset, "/mel", file, where);
  require_offsets(t.frame_offset, "/mfcc", file, where);
}

}  // namespace

void write_tables(formats::Hdf5File& file, const ShardTables& t, uint64_t summary_columns) {
  const uint64_t n = t.tracks();
  file.write_strings("/song_id", t.song_id);
  write(file, "/duration", t.duration_s, {n});
  write(file, "/trim", t.trim, {n, 2});
  write(file, "/waveform_offset", t.waveform_offset, {n + 1});
  write(file, "/frame_offset", t.frame_offset, {n + 1});
  write(file, "/waveform_scale", t.waveform_scale, {n});
  write(file, "/mel_ref", t.mel_ref, {n});
  write(file, "/mfcc_summary", t.mfcc_summary, {n, summary_columns});
  write(file, "/crc32c", t.crc32c, {n, payloads});
  file.set_attribute("/crc32c", "payloads", std::vector<std::string>(payload_names.begin(), payload_names.end()));
  file.write_strings("/unusable_song_id", t.unusable_song_id);
  file.write_strings("/unusable_reason", t.unusable_reason);
}

ShardTables read_tables(const formats::Hdf5File& file, const std::filesystem::path& path) {
  ShardTables t;
  t.song_id = file.read_strings("/song_id");
  t.duration_s = file.read<double>("/duration");
  t.trim = file.read<int64_t>("/trim");
  t.waveform_offset = file.read<int64_t>("/waveform_offset");
  t.frame_offset = file.read<int64_t>("/frame_offset");
  t.waveform_scale = file.read<float>("/waveform_scale");
  t.mel_ref = file.read<float>("/mel_ref");
  t.mfcc_summary = file.read<float>("/mfcc_summary");
  t.crc32c = file.read<uint32_t>("/crc32c");
  t.unusable_song_id = file.read_strings("/unusable_song_id");
  t.unusable_reason = file.read_strings("/unusable_reason");
  require_consistent(t, file, path.string());
  return t;
}

}  // namespace foldwave::store
