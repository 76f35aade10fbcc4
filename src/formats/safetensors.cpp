#include "foldwave/formats/safetensors.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "formats/output_file.h"
#include "formats/safetensors_header.h"

namespace foldwave::formats {
namespace {

static_assert(std::endian::native == std::endian::little,
              "safetensors are little endian, and written as they lie in memory");

std::vector<TensorBytes> larger_elements_first(std::vector<TensorBytes> tensors) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const TensorBytes& a, const TensorBytes& b) {
    return element_bytes(a.dtype) > element_bytes(b.dtype);
  });
  return tensors;
}

SafetensorsHeader header_of(const std::vector<TensorBytes>& tensors,
                            const std::map<std::string, std::string>& metadata) {
  SafetensorsHeader header{{}, metadata};
  uint64_t end = 0;
  for (const auto& tensor : tensors) {
    header.tensors.push_back({tensor.name, tensor.dtype, tensor.shape, end, end + tensor.bytes.size()});
    end += tensor.bytes.size();
  }
  return header;
}

// What is written is held to the same rules as what is read: names, dtypes, shapes.
std::string checked_json(const SafetensorsHeader& header, const std::string& file) {
  std::set<std::string> names;
  for (const auto& tensor : header.tensors) {
    if (!names.insert(tensor.name).second)
      throw SystemError("writing '" + file + "': tensor '" + tensor.name + "' is there twice");
  }
  try {
    const std::string json = to_json(header);
    parse_safetensors_header(json, header.tensors.empty() ? 0 : header.tensors.back().end, file);
    return json;
  } catch (const InputError& error) {
    throw SystemError("writing " + std::string(error.what()));
  } catch (const nlohmann::json::exception& error) {
    throw SystemError("writing '" + file + "': " + error.what());  // a name or metadata that are not UTF-8
  }
}

std::vector<std::byte> read_bytes(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory) throw InputError(path.string() + ": no such file");
  if (error) throw SystemError("reading '" + path.string() + "'", error.value());
  std::vector<std::byte> bytes(size);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) {
    throw SystemError("reading '" + path.string() + "'", errno);
  }
  return bytes;
}

uint64_t header_length(std::span<const std::byte> bytes, const std::string& file) {
  uint64_t length = 0;
  if (bytes.size() < sizeof length)
    throw InputError(file + ": " + std::to_string(bytes.size()) + " bytes, too short for a safetensors file");
  std::memcpy(&length, bytes.data(), sizeof length);
  const uint64_t limit = std::min<uint64_t>(bytes.size() - sizeof length, longest_safetensors_header);
  if (length > limit)
    throw InputError(file + ": a header of " + std::to_string(length) + " bytes, where at most " +
                     std::to_string(limit) + " can be");
  return length;
}

}  // namespace

std::string shape_text(std::span<const int64_t> shape) {
  constexpr size_t most_shown = 8;
  std::string text = "[";
  for (size_t i = 0; i < std::min(shape.size(), most_shown); ++i)
    text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  if (shape.size() > most_shown) text += ", ... " + std::to_string(shape.size()) + " dimensions";
  return text + "]";
}

void write_safetensors(const std::filesystem::path& path, const std::vector<TensorBytes>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const auto in_file_order = larger_elements_first(tensors);
  const std::string json = checked_json(header_of(in_file_order, metadata), path.string());
  const uint64_t length = json.size();
  PendingFile pending(path);
  OutputFile file(pending.temporary());
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(json);
  for (const auto& tensor : in_file_order) file.write(tensor.bytes);
  file.close();
  pending.commit();
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : bytes_(read_bytes(path)) {
  const auto bytes = std::span<const std::byte>(bytes_);
  const uint64_t length = header_length(bytes, path.string());
  const auto json = bytes.subspan(sizeof length, length);
  const auto data = bytes.subspan(sizeof length + length);
  auto header =
      parse_safetensors_header({reinterpret_cast<const char*>(json.data()), json.size()}, data.size(), path.string());
  metadata_ = std::move(header.metadata);
  for (auto& entry : header.tensors) {
    tensors_.push_back({std::move(entry.name), std::move(entry.dtype), std::move(entry.shape),
                        data.subspan(entry.begin, entry.end - entry.begin)});
  }
}

const TensorBytes* SafetensorsFile::find(const std::string& name) const {
  const auto found =
      std::find_if(tensors_.begin(), tensors_.end(), [&](const TensorBytes& tensor) { return tensor.name == name; });
  return found == tensors_.end() ? nullptr : &*found;
}

}  // namespace foldwave::formats
