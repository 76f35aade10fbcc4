#include "foldwave/models/pretrained.h"

#include "foldwave/models/weights.h"

namespace foldwave::models {

double weights_mib(const ModelConfig& config) { return weights_mib(*make_network(config, 0)); }

std::string try_weights(const ModelConfig& config, const std::filesystem::path& weights, bool other_classes) {
  return describe(load_weights(*make_network(config, 0), read_weights(weights), weights.string(), other_classes));
}

}  // namespace foldwave::models
