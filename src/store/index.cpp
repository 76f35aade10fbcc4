#include "store/index.h"

#include <fcntl.h>

#include <algorithm>

#include "foldwave/core/descriptor.h"
#include "foldwave/core/errors.h"
#include "store/layout.h"
#include "store/seal.h"
#include "store/table_io.h"

namespace foldwave::store {
namespace {

using formats::Hdf5File;

constexpr uint64_t rows_at_a_time = 16384;

// Calls visit(name in the file, values, values a row) for each table but the ids.
template <class Rows, class Visit>
void for_each_table(Rows&& rows, Visit visit) {
  visit("/shard", rows.shard, 1);
  visit("/row", rows.row, 1);
  visit("/payload_offset", rows.payload_offset, payloads);
  visit("/payload_bytes", rows.payload_bytes, payloads);
  visit("/crc32c", rows.crc32c, payloads);
  visit("/duration", rows.duration_s, 1);
  visit("/trim", rows.trim, 2);
  visit("/waveform_scale", rows.waveform_scale, 1);
  visit("/mel_ref", rows.mel_ref, 1);
}

template <class Values>
void reserve_table(Hdf5File& file, const char* name, const Values&, uint64_t rows, size_t columns) {
  file.reserve<typename Values::value_type>(
      name, columns > 1 ? std::vector<uint64_t>{rows, columns} : std::vector<uint64_t>{rows});
}

std::map<std::string, std::string> read_unusable(const Hdf5File& file, const std::string& where) {
  const auto song_id = file.read_strings("/unusable_song_id"), reason = file.read_strings("/unusable_reason");
  if (song_id.size() != reason.size()) throw InputError(where + ": unusable songs and reasons differ in number");
  std::map<std::string, std::string> unusable;
  for (size_t i = 0; i < song_id.size(); ++i) unusable[song_id[i]] = reason[i];
  return unusable;
}

}  // namespace

IndexWriter::IndexWriter(const std::filesystem::path& path, const StorePlan& plan, const std::string& feature_config,
                         uint64_t tracks, size_t id_bytes)
    : pending_(path, Readers::group), file_(Hdf5File::create(pending_.temporary())) {
  file_.set_attribute("/", "format", format_name + "-index");
  file_.set_attribute("/", "version", format_version);
  file_.set_attribute("/", "config_hash", plan.config_hash());
  file_.set_attribute("/", "catalog_hash", plan.catalog_hash);
  file_.set_attribute("/", "features", plan.feature_json);
  file_.set_attribute("/", "feature_config", feature_config);
  write_table(file_, "/first_row", plan.first_row, 1);
  file_.reserve_strings("/song_id", tracks, id_bytes);
  for_each_table(IndexRows{}, [&](const char* name, const auto& values, size_t columns) {
    reserve_table(file_, name, values, tracks, columns);
  });
  file_.set_attribute("/crc32c", "payloads", std::vector<std::string>(payload_names.begin(), payload_names.end()));
}

void IndexWriter::append(const IndexRows& rows) {
  file_.write_string_rows("/song_id", written_, rows.song_id);
  for_each_table(rows, [&]<class T>(const char* name, const std::vector<T>& values, size_t) {
    file_.write_rows<T>(name, written_, values);
  });
  written_ += rows.tracks();
}

void IndexWriter::publish(const std::map<std::string, std::string>& unusable, bool verified) {
  std::vector<std::string> song_id, reason;
  for (const auto& [id, why] : unusable) {
    song_id.push_back(id);
    reason.push_back(why);
  }
  file_.write_strings("/unusable_song_id", song_id);
  file_.write_strings("/unusable_reason", reason);
  file_.set_attribute("/", "verified", int64_t{verified});
  file_.close();
  Descriptor written(pending_.temporary(), O_RDWR);
  seal(written);
  written.close();
  pending_.commit();
}

IndexReader::IndexReader(const std::filesystem::path& path) : file_(open_sealed(path)) {
  if (!file_.has_attribute("/", "format") || file_.text_attribute("/", "format") != format_name + "-index")
    throw InputError(path.string() + ": not the index of a feature store");
  if (file_.number_attribute("/", "version") != format_version)
    throw InputError(path.string() + ": made by another version of foldwave");
  plan = {file_.text_attribute("/", "features"), file_.text_attribute("/", "catalog_hash"),
          file_.read<int64_t>("/first_row")};
  if (plan.first_row.size() < 2) throw InputError(path.string() + ": no shards");
  feature_config = file_.text_attribute("/", "feature_config");
  unusable = read_unusable(file_, path.string());
  verified = file_.number_attribute("/", "verified") == 1;
  tracks = file_.shape("/song_id").at(0);
  for_each_table(IndexRows{}, [&](const char* name, const auto&, size_t columns) {
    const auto shape = file_.shape(name);
    if (shape.at(0) != tracks || (columns > 1 && shape.at(1) != columns))
      throw InputError(path.string() + ": its tables differ in length");
  });
}

bool IndexReader::next(IndexRows& rows) {
  const uint64_t count = std::min(rows_at_a_time, tracks - read_);
  if (count == 0) return false;
  rows.song_id = file_.read_string_rows("/song_id", read_, count);
  for_each_table(rows, [&]<class T>(const char* name, std::vector<T>& values, size_t) {
    values = file_.read_rows<T>(name, read_, count);
  });
  read_ += count;
  return true;
}

std::array<uint32_t, payloads> IndexReader::crc32c(size_t track) const {
  const auto values = file_.read_rows<uint32_t>("/crc32c", track, 1);
  std::array<uint32_t, payloads> crc{};
  std::copy(values.begin(), values.end(), crc.begin());
  return crc;
}

}  // namespace foldwave::store
