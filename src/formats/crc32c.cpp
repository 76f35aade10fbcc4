#include "foldwave/formats/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>

namespace foldwave::formats {

uint32_t crc32c(std::span<const std::byte> bytes, uint32_t before) {
  constexpr size_t longest = size_t{1} << 30;  // isa-l takes the length as an int
  uint32_t crc = ~before;                      // isa-l leaves the inversions before and after to the caller
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), longest));
    auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(part.data()));  // isa-l lacks const
    crc = crc32_iscsi(data, static_cast<int>(part.size()), crc);
    bytes = bytes.subspan(part.size());
  }
  return ~crc;
}

}  // namespace foldwave::formats
