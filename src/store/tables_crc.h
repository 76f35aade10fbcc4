// One CRC32C over several tables, each of which may come in parts: what HDF5 itself does not check of a file.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace foldwave::store {

class TablesCrc {
 public:
  template <class T>
  void add(const std::string& table, const std::vector<T>& values) {
    add_bytes(table, std::as_bytes(std::span(values)));
  }
  void add(const std::string& table, const std::vector<std::string>& texts);
  int64_t value() const;  // as an attribute holds it

 private:
  void add_bytes(const std::string& table, std::span<const std::byte> bytes);
  std::map<std::string, uint32_t> crc_of_;
};

}  // namespace foldwave::store
