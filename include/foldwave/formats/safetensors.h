// safetensors: named tensors with a JSON header; reading one runs no code and trusts nothing in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace foldwave::formats {

struct TensorBytes {
  std::string name;
  std::string dtype;  // "F32", "F64", "I64", "BF16", "F16", "U8", ...
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;  // row-major, little endian
};

// "[64, 1, 7, 7]"; of more than eight dimensions, which a file may claim, the first alone.
std::string shape_text(std::span<const int64_t> shape);

// Published as a whole file. Tensors of larger elements come first, so that each one is aligned; else the order of
// `tensors` is kept. Metadata are sorted by key, so equal contents give equal bytes. Throws SystemError.
void write_safetensors(const std::filesystem::path& path, const std::vector<TensorBytes>& tensors,
                       const std::map<std::string, std::string>& metadata);

// A checkpoint read whole into memory. InputError names the file and what is wrong with it: a header beyond the file or
// 100 MB, a shape that overflows, offsets out of range or overlapping or leaving holes, a name twice, an unknown dtype.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);
  SafetensorsFile(SafetensorsFile&&) = default;  // not copied: the tensors borrow
  SafetensorsFile& operator=(SafetensorsFile&&) = default;
  // In file order; their bytes borrow from this object and may be unaligned.
  const std::vector<TensorBytes>& tensors() const { return tensors_; }
  const TensorBytes* find(const std::string& name) const;
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  std::vector<std::byte> bytes_;
  std::vector<TensorBytes> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace foldwave::formats
