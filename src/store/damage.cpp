// Whether the payloads of a shard are still what was written.
#include <fcntl.h>

#include <algorithm>

#include "foldwave/core/descriptor.h"
#include "foldwave/core/errors.h"
#include "foldwave/formats/crc32c.h"
#include "foldwave/store/store.h"
#include "store/patience.h"
#include "store/published_shard.h"
#include "store/seal.h"
#include "store/shard_attributes.h"

namespace foldwave::store {
namespace {

uint32_t crc_of(const Descriptor& file, Extent extent, std::span<std::byte> buffer) {
  uint32_t crc = 0;
  while (extent.bytes > 0) {
    const auto part = buffer.first(std::min<uint64_t>(buffer.size(), extent.bytes));
    file.read_at(extent.offset, part);
    crc = formats::crc32c(part, crc);
    extent = {extent.offset + part.size(), extent.bytes - part.size()};
  }
  return crc;
}

}  // namespace

std::vector<Damage> damaged_tracks(const std::filesystem::path& directory, const StorePlan& plan, int shard,
                                   ReadFrom from) {
  const auto path = shard_path(directory, shard);
  await_file(path);
  const PublishedShard published = read_shard(path);
  if (!belongs_to(open_sealed(path), plan, shard)) throw InputError(path.string() + ": not a shard of its plan");
  const Descriptor file(path, O_RDONLY);
  if (from == ReadFrom::disk) ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  std::vector<std::byte> buffer(size_t{1} << 18);
  std::vector<Damage> damaged;
  for (size_t track = 0; track < published.tables.tracks(); ++track) {
    for (size_t p = 0; p < payloads; ++p) {
      const uint32_t crc = crc_of(file, published.extent(track, static_cast<Payload>(p)), buffer);
      if (crc != published.tables.crc32c[track * payloads + p])
        damaged.push_back({published.tables.song_id[track], payload_names[p]});
    }
  }
  return damaged;
}

}  // namespace foldwave::store
