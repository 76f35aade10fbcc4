// A published shard as a whole: its name, whether it is the one that a plan means, what it says of unusable files.
#include <cstdio>

#include "foldwave/core/errors.h"
#include "foldwave/formats/hdf5.h"
#include "foldwave/store/store.h"
#include "store/layout.h"

namespace foldwave::store {
namespace {

using formats::Hdf5File;

bool has_number(const Hdf5File& file, const std::string& name, int64_t expected) {
  return file.has_attribute("/", name) && file.number_attribute("/", name) == static_cast<double>(expected);
}

bool has_text(const Hdf5File& file, const std::string& name, const std::string& expected) {
  return file.has_attribute("/", name) && file.text_attribute("/", name) == expected;
}

bool belongs_to(const Hdf5File& file, const StorePlan& plan, size_t shard) {
  const int64_t begin = plan.first_row[shard], end = plan.first_row[shard + 1];
  const uint64_t rows = file.shape("/song_id").at(0) + file.shape("/unusable_song_id").at(0);
  return has_text(file, "format", format_name) && has_number(file, "version", format_version) &&
         has_text(file, "config_hash", plan.config_hash()) && has_text(file, "catalog_hash", plan.catalog_hash) &&
         has_number(file, "shard", static_cast<int64_t>(shard)) && has_number(file, "first_row", begin) &&
         has_number(file, "end_row", end) && rows == static_cast<uint64_t>(end - begin);
}

}  // namespace

std::filesystem::path shard_path(const std::filesystem::path& directory, int shard) {
  char name[32];
  std::snprintf(name, sizeof name, "shard-%05d.h5", shard);
  return directory / name;
}

bool shard_is_whole(const std::filesystem::path& directory, const StorePlan& plan, int shard) {
  const auto path = shard_path(directory, shard);
  if (!std::filesystem::exists(path)) return false;
  try {
    return belongs_to(Hdf5File::open(path), plan, static_cast<size_t>(shard));
  } catch (const Error&) {
    return false;  // cut short, damaged, something else: whatever it is, the shard has to be made
  }
}

std::map<std::string, std::string> shard_unusable(const std::filesystem::path& directory, int shard) {
  const auto path = shard_path(directory, shard);
  const Hdf5File file = Hdf5File::open(path);
  const auto song_id = file.read_strings("/unusable_song_id"), reason = file.read_strings("/unusable_reason");
  if (song_id.size() != reason.size())
    throw InputError(path.string() + ": unusable songs and reasons differ in number");
  std::map<std::string, std::string> unusable;
  for (size_t i = 0; i < song_id.size(); ++i) unusable[song_id[i]] = reason[i];
  return unusable;
}

}  // namespace foldwave::store
