// A shard as it lies on disk: its tables, and where each track's payloads are.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "store/payload.h"
#include "store/shard_tables.h"

namespace foldwave::store {

struct PublishedShard {
  ShardTables tables;
  std::array<uint64_t, payloads> begin;      // bytes from the file's beginning
  std::array<uint64_t, payloads> row_bytes;  // of a sample, a frame, a track

  Extent extent(size_t track, Payload payload) const;
};

PublishedShard read_shard(const std::filesystem::path& path);  // InputError where it is not whole

}  // namespace foldwave::store
