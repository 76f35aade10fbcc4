// What makes each network: a function named for it, defined in the file of its family.
#pragma once

#include <memory>

#include "foldwave/models/models.h"

namespace foldwave::models {

using MakeNetwork = std::shared_ptr<Network>(const ModelConfig& config, const at::Generator& generator);

MakeNetwork make_mfcc_mlp, make_logistic, make_rbf;
MakeNetwork make_cnn_small;
MakeNetwork make_resnet18, make_resnet34, make_resnet50, make_resnext50_32x4d;
MakeNetwork make_efficientnet_b0, make_efficientnet_b1, make_efficientnet_b2, make_efficientnet_b3,
    make_efficientnet_b4;
MakeNetwork make_tf_efficientnet_lite0;
MakeNetwork make_convnext_tiny;
MakeNetwork make_mobilenetv3_large_100;

}  // namespace foldwave::models
