#include "foldwave/models/pretrained.h"

#include "foldwave/models/weights.h"

namespace foldwave::models {

std::string try_weights(const ModelConfig& config, const std::filesystem::path& weights) {
  return describe(load_weights(*make_network(config, 0), read_weights(weights), weights.string()));
}

}  // namespace foldwave::models
