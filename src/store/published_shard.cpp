#include "store/published_shard.h"

#include "foldwave/formats/half.h"
#include "store/seal.h"

namespace foldwave::store {

Extent PublishedShard::extent(size_t track, Payload payload) const {
  auto first_row = static_cast<int64_t>(track), end_row = first_row + 1;
  if (payload == waveform) {
    first_row = tables.waveform_offset[track];
    end_row = tables.waveform_offset[track + 1];
  } else if (payload == mel || payload == mfcc) {
    first_row = tables.frame_offset[track];
    end_row = tables.frame_offset[track + 1];
  }
  return {begin[payload] + static_cast<uint64_t>(first_row) * row_bytes[payload],
          static_cast<uint64_t>(end_row - first_row) * row_bytes[payload]};
}

PublishedShard read_shard(const std::filesystem::path& path) {
  constexpr std::array<uint64_t, payloads> value_bytes = {sizeof(int16_t), sizeof(formats::Half), sizeof(float),
                                                          sizeof(float), sizeof(float)};
  const auto file = open_sealed(path);
  PublishedShard shard{read_tables(file, path), {}, {}};
  for (size_t p = 0; p < payloads; ++p) {
    const auto shape = file.shape("/" + payload_names[p]);
    shard.begin[p] = file.byte_offset("/" + payload_names[p]);
    shard.row_bytes[p] = (shape.size() > 1 ? shape[1] : 1) * value_bytes[p];
  }
  return shard;
}

}  // namespace foldwave::store
