#include "store/index.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/hdf5.h"
#include "store/layout.h"

namespace foldwave::store {
namespace {

using formats::Hdf5File;

template <class T>
void write(Hdf5File& file, const std::string& name, const std::vector<T>& values, const std::vector<uint64_t>& shape) {
  file.write<T>(name, std::span<const T>(values), shape);
}

void write_plan(Hdf5File& file, const StoreIndex& index) {
  file.set_attribute("/", "format", format_name + "-index");
  file.set_attribute("/", "version", format_version);
  file.set_attribute("/", "config_hash", index.plan.config_hash());
  file.set_attribute("/", "catalog_hash", index.plan.catalog_hash);
  file.set_attribute("/", "features", index.plan.feature_json);
  file.set_attribute("/", "feature_config", index.feature_config);
  write(file, "/first_row", index.plan.first_row, {index.plan.first_row.size()});
}

StorePlan read_plan_of(const Hdf5File& file) {
  return {file.text_attribute("/", "features"), file.text_attribute("/", "catalog_hash"),
          file.read<int64_t>("/first_row")};
}

void write_payloads(Hdf5File& file, const StoreIndex& index) {
  const uint64_t n = index.tracks();
  write(file, "/payload_offset", index.payload_offset, {n, payloads});
  write(file, "/payload_bytes", index.payload_bytes, {n, payloads});
  write(file, "/crc32c", index.crc32c, {n, payloads});
  file.set_attribute("/crc32c", "payloads", std::vector<std::string>(payload_names.begin(), payload_names.end()));
}

void require_consistent(const StoreIndex& index, const std::string& where) {
  const size_t n = index.tracks();
  const bool same = index.shard.size() == n && index.row.size() == n && index.payload_offset.size() == n * payloads &&
                    index.payload_bytes.size() == n * payloads && index.crc32c.size() == n * payloads &&
                    index.duration_s.size() == n && index.trim.size() == 2 * n && index.waveform_scale.size() == n &&
                    index.mel_ref.size() == n && index.unusable_song_id.size() == index.unusable_reason.size() &&
                    index.plan.first_row.size() >= 2;
  if (!same) throw InputError(where + ": its tables differ in length");
  const auto too_long = [](uint64_t bytes) { return bytes > uint64_t{1} << 40; };
  if (std::any_of(index.payload_bytes.begin(), index.payload_bytes.end(), too_long))
    throw InputError(where + ": a payload of more than a terabyte");
  for (const int32_t shard : index.shard) {
    if (shard < 0 || shard >= index.plan.shards())
      throw InputError(where + ": a track in shard " + std::to_string(shard) + ", which the plan does not have");
  }
}

}  // namespace

void write_index(const std::filesystem::path& path, const StoreIndex& index) {
  const uint64_t n = index.tracks();
  PendingFile pending(path);
  Hdf5File file = Hdf5File::create(pending.temporary());
  write_plan(file, index);
  file.write_strings("/song_id", index.song_id);
  write(file, "/shard", index.shard, {n});
  write(file, "/row", index.row, {n});
  write_payloads(file, index);
  write(file, "/duration", index.duration_s, {n});
  write(file, "/trim", index.trim, {n, 2});
  write(file, "/waveform_scale", index.waveform_scale, {n});
  write(file, "/mel_ref", index.mel_ref, {n});
  write(file, "/mfcc_summary", index.mfcc_summary, {n, n == 0 ? 0 : index.mfcc_summary.size() / n});
  file.write_strings("/unusable_song_id", index.unusable_song_id);
  file.write_strings("/unusable_reason", index.unusable_reason);
  file.close();
  pending.commit();
}

StoreIndex read_index(const std::filesystem::path& path) {
  const Hdf5File file = Hdf5File::open(path);
  if (!file.has_attribute("/", "format") || file.text_attribute("/", "format") != format_name + "-index") {
    throw InputError(path.string() + ": not the index of a feature store");
  }
  if (file.number_attribute("/", "version") != format_version)
    throw InputError(path.string() + ": made by another version of foldwave");
  StoreIndex index;
  index.plan = read_plan_of(file);
  index.feature_config = file.text_attribute("/", "feature_config");
  index.song_id = file.read_strings("/song_id");
  index.shard = file.read<int32_t>("/shard");
  index.row = file.read<int64_t>("/row");
  index.payload_offset = file.read<uint64_t>("/payload_offset");
  index.payload_bytes = file.read<uint64_t>("/payload_bytes");
  index.crc32c = file.read<uint32_t>("/crc32c");
  index.duration_s = file.read<double>("/duration");
  index.trim = file.read<int64_t>("/trim");
  index.waveform_scale = file.read<float>("/waveform_scale");
  index.mel_ref = file.read<float>("/mel_ref");
  index.mfcc_summary = file.read<float>("/mfcc_summary");
  index.unusable_song_id = file.read_strings("/unusable_song_id");
  index.unusable_reason = file.read_strings("/unusable_reason");
  require_consistent(index, path.string());
  return index;
}

}  // namespace foldwave::store
