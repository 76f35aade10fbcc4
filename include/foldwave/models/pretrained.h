// Networks and weights that training starts from, looked at before anything is trained; for rooms without LibTorch.
#pragma once

#include <filesystem>
#include <string>

#include "foldwave/models/backbones.h"

namespace foldwave::models {

double weights_mib(const ModelConfig& config);  // of a network in fp32, parameters alone

// Puts the file's tensors into a network of this shape and says what the user should know of it: "" or "classifier of
// 1000 classes left out, a new one starts from the seed". InputError where they do not fit, naming the tensor and both
// shapes.
std::string try_weights(const ModelConfig& config, const std::filesystem::path& weights, bool other_classes);

}  // namespace foldwave::models
