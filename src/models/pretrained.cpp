#include "foldwave/models/pretrained.h"

#include "foldwave/models/weights.h"

namespace foldwave::models {

double weights_mib(const ModelConfig& config) {
  constexpr double kMiB = 1 << 20;
  double bytes = 0;
  for (const torch::Tensor& parameter : make_network(config, 0)->parameters())
    bytes += static_cast<double>(parameter.nbytes());
  return bytes / kMiB;
}

std::string try_weights(const ModelConfig& config, const std::filesystem::path& weights) {
  return describe(load_weights(*make_network(config, 0), read_weights(weights), weights.string()));
}

}  // namespace foldwave::models
