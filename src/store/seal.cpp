#include "store/seal.h"

#include <fcntl.h>

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "foldwave/core/errors.h"
#include "foldwave/formats/crc32c.h"

namespace foldwave::store {
namespace {

static_assert(std::endian::native == std::endian::little);

// As it lies in the file.
struct Seal {
  std::array<char, 16> mark = {'f', 'o', 'l', 'd', 'w', 'a', 'v', 'e', '-', 's', 'e', 'a', 'l', '\0', '\0', '\1'};
  PayloadExtents unsealed{};
  uint32_t sealed_crc32c = 0;
  uint32_t own_crc32c = 0;  // of what stands before it

  uint32_t expected_crc32c() const {
    return formats::crc32c(std::as_bytes(std::span(this, 1)).first(sizeof(Seal) - sizeof own_crc32c));
  }
};
static_assert(sizeof(Seal) == 16 + 16 * payloads + 8);

uint32_t add_crc(const Descriptor& file, uint64_t begin, uint64_t end, uint32_t crc) {
  std::vector<std::byte> block(std::min<uint64_t>(end - begin, uint64_t{1} << 18));
  while (begin < end) {
    const auto part = std::span(block).first(std::min<uint64_t>(block.size(), end - begin));
    file.read_at(begin, part);
    crc = formats::crc32c(part, crc);
    begin += part.size();
  }
  return crc;
}

// Of the bytes [0, end) without the unsealed ones.
uint32_t crc_of_sealed(const Descriptor& file, PayloadExtents unsealed, uint64_t end) {
  std::sort(unsealed.begin(), unsealed.end(), [](const Extent& a, const Extent& b) { return a.offset < b.offset; });
  uint64_t begin = 0;
  uint32_t crc = 0;
  for (const Extent& extent : unsealed) {
    if (extent.bytes == 0) continue;
    if (extent.offset < begin || extent.offset > end || extent.bytes > end - extent.offset)
      throw InputError(file.path().string() + ": damaged: its payloads do not lie in it");
    crc = add_crc(file, begin, extent.offset, crc);
    begin = extent.offset + extent.bytes;
  }
  return add_crc(file, begin, end, crc);
}

}  // namespace

void seal(Descriptor& file, const PayloadExtents& unsealed) {
  const uint64_t end = file.size();
  Seal made;
  made.unsealed = unsealed;
  made.sealed_crc32c = crc_of_sealed(file, unsealed, end);
  made.own_crc32c = made.expected_crc32c();
  file.write_at(end, std::as_bytes(std::span(&made, 1)));
}

formats::Hdf5File open_sealed(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) throw InputError(path.string() + ": no such file");
  const Descriptor file(path, O_RDONLY);
  const uint64_t size = file.size();
  Seal found;
  if (size > sizeof found) file.read_at(size - sizeof found, std::as_writable_bytes(std::span(&found, 1)));
  const bool is_seal = size > sizeof found && found.mark == Seal{}.mark && found.own_crc32c == found.expected_crc32c();
  if (!is_seal)
    throw InputError(path.string() + ": damaged or cut short: it does not end as a file of a feature store");
  if (crc_of_sealed(file, found.unsealed, size - sizeof found) != found.sealed_crc32c)
    throw InputError(path.string() + ": damaged: its description does not match its CRC32C");
  return formats::Hdf5File::open(path);
}

}  // namespace foldwave::store
