#include "store/tables_crc.h"

#include "foldwave/formats/crc32c.h"

namespace foldwave::store {

void TablesCrc::add_bytes(const std::string& table, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;  // no parts and an empty one are the same
  uint32_t& crc = crc_of_[table];
  crc = formats::crc32c(bytes, crc);
}

void TablesCrc::add(const std::string& table, const std::vector<std::string>& texts) {
  std::string bytes;
  for (const auto& text : texts) bytes.append(text).push_back('\0');  // no text of an HDF5 file holds one
  add_bytes(table, std::as_bytes(std::span(bytes)));
}

int64_t TablesCrc::value() const {
  uint32_t all = 0;
  for (const auto& [table, crc] : crc_of_) {
    all = formats::crc32c(std::as_bytes(std::span(table)), all);
    all = formats::crc32c(std::as_bytes(std::span(&crc, 1)), all);
  }
  return all;
}

}  // namespace foldwave::store
