#include <cstring>

#include "foldwave/core/errors.h"
#include "foldwave/formats/safetensors.h"
#include "foldwave/models/weights.h"

namespace foldwave::models {
namespace {

torch::ScalarType type_of(const formats::TensorBytes& tensor, const std::filesystem::path& path) {
  if (tensor.dtype == "F32") return torch::kFloat;
  if (tensor.dtype == "F64") return torch::kDouble;
  if (tensor.dtype == "F16") return torch::kHalf;
  if (tensor.dtype == "BF16") return torch::kBFloat16;
  if (tensor.dtype == "I64") return torch::kLong;
  throw InputError(path.string() + ": tensor '" + tensor.name + "' is " + tensor.dtype +
                   ", expected F32, F64, F16, BF16 or I64");
}

}  // namespace

Weights read_weights(const std::filesystem::path& path) {
  const formats::SafetensorsFile file(path);
  Weights weights;
  for (const auto& tensor : file.tensors()) {
    auto value = torch::empty(tensor.shape, type_of(tensor, path));
    if (!tensor.bytes.empty()) std::memcpy(value.data_ptr(), tensor.bytes.data(), tensor.bytes.size());
    weights[tensor.name] = value.is_floating_point() ? value.to(torch::kFloat) : value;
  }
  return weights;
}

}  // namespace foldwave::models
