// ResNet (He et al. 2015) as timm 1.0.31 builds it.
#pragma once

#include <memory>

#include "foldwave/models/models.h"

namespace foldwave::models {

std::shared_ptr<Network> make_resnet18(const ModelConfig& config, const at::Generator& generator);

}  // namespace foldwave::models
