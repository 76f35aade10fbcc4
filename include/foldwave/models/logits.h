// A backbone's answer to given inputs, for rooms without LibTorch: how it is checked against other libraries.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "foldwave/models/backbones.h"

namespace foldwave::models {

struct Pictures {
  std::vector<float> x;  // [n, channels, height, width]
  int64_t n = 0, channels = 1, height = 0, width = 0;
};

// Logits [n, config.classes] in evaluation, float32. InputError where the file's tensors are not the backbone's; a stem
// for 3 channels is adapted, a classifier of another size is refused.
std::vector<float> logits_of(const ModelConfig& config, const std::filesystem::path& weights, const Pictures& pictures);

}  // namespace foldwave::models
