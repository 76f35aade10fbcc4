// The mobile blocks that EfficientNet and MobileNetV3 are stacked from: depthwise convolutions between 1x1 ones, with
// squeeze-and-excitation; names and arithmetic of timm's DepthwiseSeparableConv, InvertedResidual and ConvBnAct.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

#include "models/activation.h"
#include "models/blocks.h"

namespace foldwave::models {

struct MbConvShape {
  enum class Kind { depthwise_separable, inverted_residual, convolution } kind = Kind::inverted_residual;
  int in = 1, out = 1;  // channels
  int expanded = 1;     // channels of the depthwise convolution of an inverted residual
  int kernel = 3, stride = 1;
  int squeezed = 0;  // channels in the middle of squeeze-and-excitation; 0: the block has none
  Activation activation = Activation::relu;
};

// What all blocks of a network share.
struct MbConvStyle {
  Activation squeeze = Activation::relu, gate = Activation::sigmoid;  // of squeeze-and-excitation
  bool same_padding = false;                                          // TensorFlow's
  double norm_epsilon = 1e-5;
};

using MbConvStages = std::vector<std::vector<MbConvShape>>;
std::shared_ptr<Sequence> make_stages(const MbConvStages& stages, const MbConvStyle& style, double drop_path_rate);

// The nearest multiple of 8, but not below nine tenths.
int round_channels(double channels);

// As TensorFlow's original of these networks: convolutions normal by their fan-out in a group, the classifier uniform
// by its number of classes, biases zero.
void initialise_by_fan_out(torch::nn::Module& network, const at::Generator& generator);

}  // namespace foldwave::models
