// From the tables of all shards to the index that finishes a store.
#include <algorithm>

#include "foldwave/core/errors.h"
#include "store/index.h"
#include "store/layout.h"
#include "store/patience.h"
#include "store/published_shard.h"
#include "store/seal.h"
#include "store/shard_attributes.h"

namespace foldwave::store {
namespace {

using formats::Hdf5File;

// What has to be known before the first row is written.
struct Extents {
  uint64_t tracks = 0;
  size_t id_bytes = 0;
  std::string feature_config;
};

Extents survey(const std::filesystem::path& directory, const StorePlan& plan) {
  Extents all;
  for (int shard = 0; shard < plan.shards(); ++shard) {
    const auto path = shard_path(directory, shard);
    await_file(path);  // another rank has just made it, or had
    if (!std::filesystem::exists(path)) throw SystemError("'" + path.string() + "' is not there");
    const Hdf5File file = open_sealed(path);
    if (!belongs_to(file, plan, shard)) throw SystemError("'" + path.string() + "' is not a shard of its plan");
    all.tracks += file.shape("/song_id").at(0);
    all.id_bytes = std::max(all.id_bytes, file.longest_string("/song_id"));
    all.feature_config = file.text_attribute("/", "feature_config");
  }
  return all;
}

IndexRows rows_of(const PublishedShard& shard, int number) {
  const auto& tables = shard.tables;
  IndexRows rows;
  for (size_t track = 0; track < tables.tracks(); ++track) {
    rows.shard.push_back(number);
    rows.row.push_back(static_cast<int64_t>(track));
    for (size_t p = 0; p < payloads; ++p) {
      const Extent extent = shard.extent(track, static_cast<Payload>(p));
      rows.payload_offset.push_back(extent.offset);
      rows.payload_bytes.push_back(extent.bytes);
    }
  }
  rows.song_id = tables.song_id;
  rows.crc32c = tables.crc32c;
  rows.duration_s = tables.duration_s;
  rows.trim = tables.trim;
  rows.waveform_scale = tables.waveform_scale;
  rows.mel_ref = tables.mel_ref;
  return rows;
}

}  // namespace

void publish_index(const std::filesystem::path& directory, const StorePlan& plan, bool verified) {
  const Extents all = survey(directory, plan);
  IndexWriter index(index_path(directory), plan, all.feature_config, all.tracks, all.id_bytes);
  std::map<std::string, std::string> unusable;
  for (int number = 0; number < plan.shards(); ++number) {
    const PublishedShard shard = read_shard(shard_path(directory, number));
    index.append(rows_of(shard, number));
    for (size_t i = 0; i < shard.tables.unusable_song_id.size(); ++i)
      unusable[shard.tables.unusable_song_id[i]] = shard.tables.unusable_reason[i];
  }
  index.publish(unusable, verified);
}

void withdraw_index(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::remove(index_path(directory), error);
  if (error) throw SystemError("removing '" + index_path(directory).string() + "': " + error.message());
}

bool is_finished(const std::filesystem::path& directory) { return std::filesystem::exists(index_path(directory)); }

std::vector<std::filesystem::path> file_names(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> names;
  const int shards = read_plan(directory).shards();
  for (int shard = 0; shard < shards; ++shard) names.push_back(shard_path(directory, shard).filename());
  names.push_back(plan_path(directory).filename());
  names.push_back(index_path(directory).filename());
  return names;
}

bool index_is_whole(const std::filesystem::path& directory) {
  try {
    IndexReader index(index_path(directory));
    IndexRows rows;
    while (index.next(rows)) {
    }
    return true;
  } catch (const Error&) {
    return false;  // not there, damaged, something else: the shards tell all that it held
  }
}

bool index_is_verified(const std::filesystem::path& directory) {
  try {
    return IndexReader(index_path(directory)).verified;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace foldwave::store
