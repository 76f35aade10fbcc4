// A published shard as a whole: its name, whether it is the one that a plan means, what it says of unusable files.
#include <cstdio>

#include "foldwave/core/errors.h"
#include "foldwave/store/store.h"
#include "store/seal.h"
#include "store/shard_attributes.h"
#include "store/shard_tables.h"

namespace foldwave::store {

using formats::Hdf5File;

std::filesystem::path shard_path(const std::filesystem::path& directory, int shard) {
  char name[32];
  std::snprintf(name, sizeof name, "shard-%05d.h5", shard);
  return directory / name;
}

bool shard_is_whole(const std::filesystem::path& directory, const StorePlan& plan, int shard) {
  return shard_unusable(directory, plan, shard).has_value();
}

std::optional<std::map<std::string, Unusable>> shard_unusable(const std::filesystem::path& directory,
                                                              const StorePlan& plan, int shard) {
  const auto path = shard_path(directory, shard);
  if (!std::filesystem::exists(path)) return std::nullopt;
  try {
    const Hdf5File file = open_sealed(path);
    const ShardTables tables = read_tables(file, path);
    if (!belongs_to(file, plan, shard)) return std::nullopt;
    std::map<std::string, Unusable> unusable;
    for (size_t i = 0; i < tables.unusable_song_id.size(); ++i)
      unusable[tables.unusable_song_id[i]] = {tables.unusable_reason[i], tables.unusable_stamp[i]};
    return unusable;
  } catch (const Error&) {
    return std::nullopt;  // cut short, damaged, something else: whatever it is, the shard has to be made
  }
}

}  // namespace foldwave::store
