#include "ogg_serial.h"

#include <array>
#include <cstring>
#include <stdexcept>
#include <string>

namespace demo {
namespace {

constexpr std::size_t kSerialAt = 14;
constexpr std::size_t kChecksumAt = 22;
constexpr std::size_t kSegmentCountAt = 26;
constexpr std::size_t kHeaderBytes = 27;

std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i << 24U;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1U) ^ ((crc & 0x80000000U) != 0 ? 0x04C11DB7U : 0U);
    table[i] = crc;
  }
  return table;
}

std::uint32_t page_checksum(const unsigned char* page, std::size_t size) {
  static const std::array<std::uint32_t, 256> table = make_crc_table();
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < size; ++i) crc = (crc << 8U) ^ table[(crc >> 24U) ^ page[i]];
  return crc;
}

void put_little_endian(unsigned char* to, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<unsigned char>(value >> (8U * i));
}

}  // namespace

void set_ogg_serial(std::vector<unsigned char>& bytes, std::uint32_t serial) {
  for (std::size_t at = 0; at < bytes.size();) {
    unsigned char* page = bytes.data() + at;
    const std::size_t left = bytes.size() - at;
    if (left < kHeaderBytes || std::memcmp(page, "OggS", 4) != 0)
      throw std::runtime_error("not an Ogg page at byte " + std::to_string(at));
    const std::size_t segments = page[kSegmentCountAt];
    std::size_t size = kHeaderBytes + segments;
    for (std::size_t i = 0; i < segments && kHeaderBytes + i < left; ++i) size += page[kHeaderBytes + i];
    if (size > left) throw std::runtime_error("Ogg page cut short at byte " + std::to_string(at));
    put_little_endian(page + kSerialAt, serial);
    put_little_endian(page + kChecksumAt, 0);
    put_little_endian(page + kChecksumAt, page_checksum(page, size));
    at += size;
  }
}

}  // namespace demo
