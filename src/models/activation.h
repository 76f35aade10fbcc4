// The activations of timm's backbones by name, for blocks that are told which one to use.
#pragma once

#include <torch/torch.h>

namespace foldwave::models {

enum class Activation { none, relu, relu6, silu, hard_swish, sigmoid, hard_sigmoid };

torch::Tensor activate(torch::Tensor x, Activation activation);  // may overwrite x

}  // namespace foldwave::models
