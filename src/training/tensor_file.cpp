#include "training/tensor_file.h"

#include <cstring>

#include "foldwave/core/errors.h"
#include "foldwave/formats/crc32c.h"

namespace foldwave::training {
namespace {

constexpr const char* checksum_key = "crc32c";

// By name, so that the order in the file does not matter.
std::string checksum(const std::vector<formats::TensorBytes>& tensors,
                     const std::map<std::string, std::string>& metadata) {
  uint32_t crc = 0;
  const auto add = [&](const std::string& text) { crc = formats::crc32c(std::as_bytes(std::span(text)), crc); };
  for (const auto& [key, value] : metadata)
    if (key != checksum_key) {
      add(key);
      add(value);
    }
  std::map<std::string, std::span<const std::byte>> by_name;
  for (const formats::TensorBytes& tensor : tensors) by_name[tensor.name] = tensor.bytes;
  for (const auto& [name, bytes] : by_name) {
    add(name);
    crc = formats::crc32c(bytes, crc);
  }
  return std::to_string(crc);
}

const char* dtype_name(const torch::Tensor& tensor) { return tensor.scalar_type() == torch::kLong ? "I64" : "F32"; }

}  // namespace

void write_tensors(const std::filesystem::path& path, const NamedTensors& tensors,
                   const std::map<std::string, std::string>& metadata) {
  std::vector<torch::Tensor> rows;
  std::vector<formats::TensorBytes> bytes;
  for (const auto& [name, tensor] : tensors) {
    rows.push_back(tensor.detach().to(torch::kCPU).contiguous(torch::MemoryFormat::Contiguous));
    const auto* begin = static_cast<const std::byte*>(rows.back().data_ptr());
    bytes.push_back({name, dtype_name(tensor), tensor.sizes().vec(), {begin, rows.back().nbytes()}});
  }
  auto with_checksum = metadata;
  with_checksum[checksum_key] = checksum(bytes, metadata);
  formats::write_safetensors(path, bytes, with_checksum);
}

void verify(const formats::SafetensorsFile& file, const std::filesystem::path& path) {
  const auto found = file.metadata().find(checksum_key);
  if (found != file.metadata().end() && found->second != checksum(file.tensors(), file.metadata()))
    throw InputError(path.string() + ": damaged: its contents do not match its checksum");
}

void read_tensors(const formats::SafetensorsFile& file, const std::filesystem::path& path, const std::string& prefix,
                  const NamedTensors& tensors) {
  torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    const auto* found = file.find(prefix + name);
    const std::string where = path.string() + ": tensor '" + prefix + name + "'";
    if (found == nullptr) throw InputError(where + " is missing");
    if (found->dtype != dtype_name(tensor))
      throw InputError(where + " is " + found->dtype + ", expected " + dtype_name(tensor));
    if (found->shape != tensor.sizes().vec())
      throw InputError(where + " has shape " + formats::shape_text(found->shape) + ", expected " +
                       formats::shape_text(tensor.sizes()));
    auto value = torch::empty(tensor.sizes(), torch::TensorOptions(tensor.scalar_type()));
    std::memcpy(value.data_ptr(), found->bytes.data(), found->bytes.size());
    torch::Tensor(tensor).copy_(value);
  }
}

}  // namespace foldwave::training
