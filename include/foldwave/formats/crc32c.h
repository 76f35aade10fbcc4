// CRC32C (Castagnoli), which guards the payloads of the feature store and TensorBoard's records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace foldwave::formats {

uint32_t crc32c(std::span<const std::byte> bytes, uint32_t before = 0);  // `before`: that of the bytes that came before

}  // namespace foldwave::formats
