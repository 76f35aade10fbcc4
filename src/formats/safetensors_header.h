// The JSON header of a safetensors file: what the tensors are called and where their bytes lie.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave::formats {

constexpr uint64_t longest_safetensors_header = 100'000'000;  // bytes, as in the reference implementation

struct TensorEntry {
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;  // bytes [begin, end) after the header
};

struct SafetensorsHeader {
  std::vector<TensorEntry> tensors;  // by offset
  std::map<std::string, std::string> metadata;
};

uint64_t element_bytes(const std::string& dtype);  // 0: unknown

// The tensors fill `data_bytes` exactly, one after the other, each with as many bytes as its shape says. InputError
// otherwise; `file` is how its message begins.
SafetensorsHeader parse_safetensors_header(std::string_view json, uint64_t data_bytes, const std::string& file);

std::string to_json(const SafetensorsHeader& header);  // padded with spaces to a multiple of 8 bytes

}  // namespace foldwave::formats
