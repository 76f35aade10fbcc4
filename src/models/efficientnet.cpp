// EfficientNet (Tan and Le 2019) and its Lite form as timm 1.0.31 builds them.
#include <cmath>

#include "models/batch_norm.h"
#include "models/dropout.h"
#include "models/layers.h"
#include "models/mbconv.h"
#include "models/registry.h"

namespace foldwave::models {
namespace {

struct Scale {
  double width = 1, depth = 1;
};

struct Variant {
  Scale scale = {};
  bool lite = false;  // without squeeze-and-excitation, ReLU6, as its TensorFlow weights need it
};

MbConvStages stages_of(const Variant& variant, int in) {
  struct Row {
    int blocks, kernel, stride, expansion, out;
  };
  constexpr Row rows[] = {{1, 3, 1, 1, 16},  {2, 3, 2, 6, 24},  {2, 5, 2, 6, 40}, {3, 3, 2, 6, 80},
                          {3, 5, 1, 6, 112}, {4, 5, 2, 6, 192}, {1, 3, 1, 6, 320}};
  MbConvStages stages;
  for (const Row& row : rows) {
    stages.emplace_back();
    const int blocks = static_cast<int>(std::ceil(row.blocks * variant.scale.depth));
    for (int b = 0; b < blocks; ++b) {
      MbConvShape block{.in = in,
                        .out = round_channels(row.out * variant.scale.width),
                        .expanded = in * row.expansion,
                        .kernel = row.kernel,
                        .stride = b == 0 ? row.stride : 1,
                        .squeezed = variant.lite ? 0 : in / 4,
                        .activation = variant.lite ? Activation::relu6 : Activation::silu};
      if (row.expansion == 1) block.kind = MbConvShape::Kind::depthwise_separable;
      stages.back().push_back(block);
      in = block.out;
    }
  }
  return stages;
}

class EfficientNet : public Network {
 public:
  EfficientNet(const ModelConfig& config, const Variant& variant, const at::Generator& generator)
      : activation_(variant.lite ? Activation::relu6 : Activation::silu), dropout_{config.drop_rate} {
    const MbConvStyle style{.squeeze = Activation::silu,
                            .gate = Activation::sigmoid,
                            .same_padding = variant.lite,
                            .norm_epsilon = variant.lite ? 1e-3 : 1e-5};
    const int stem = round_channels(32 * variant.scale.width), features = round_channels(1280 * variant.scale.width);
    const MbConvStages stages = stages_of(variant, stem);
    conv_stem_ = register_module(
        "conv_stem",
        std::make_shared<Conv2d>(ConvShape{
            .in = config.channels, .out = stem, .stride = 2, .padding = 1, .same_padding = style.same_padding}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(stem, style.norm_epsilon));
    blocks_ = register_module("blocks", make_stages(stages, style, config.drop_path_rate));
    conv_head_ = register_module(
        "conv_head", std::make_shared<Conv2d>(ConvShape{.in = stages.back().back().out, .out = features, .kernel = 1}));
    bn2_ = register_module("bn2", std::make_shared<BatchNorm2d>(features, style.norm_epsilon));
    classifier_ = register_module("classifier", std::make_shared<Linear>(features, config.classes));
    initialise_by_fan_out(*this, generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    auto y = activate(bn1_->forward(conv_stem_->forward(x)), activation_);
    y = blocks_->forward(y, keys);
    y = activate(bn2_->forward(conv_head_->forward(y)), activation_);
    y = torch::adaptive_avg_pool2d(y, {1, 1}).flatten(1);
    if (is_training()) y = dropout_by_sample(y, dropout_, keys);
    return classifier_->forward(y);
  }

 private:
  Activation activation_;
  Drop dropout_;
  std::shared_ptr<Conv2d> conv_stem_, conv_head_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_;
  std::shared_ptr<Sequence> blocks_;
  std::shared_ptr<Linear> classifier_;
};

std::shared_ptr<Network> make(const ModelConfig& config, const Variant& variant, const at::Generator& generator) {
  return std::make_shared<EfficientNet>(config, variant, generator);
}

}  // namespace

std::shared_ptr<Network> make_efficientnet_b0(const ModelConfig& config, const at::Generator& generator) {
  return make(config, {.scale = {1.0, 1.0}}, generator);
}

std::shared_ptr<Network> make_efficientnet_b1(const ModelConfig& config, const at::Generator& generator) {
  return make(config, {.scale = {1.0, 1.1}}, generator);
}

std::shared_ptr<Network> make_efficientnet_b2(const ModelConfig& config, const at::Generator& generator) {
  return make(config, {.scale = {1.1, 1.2}}, generator);
}

std::shared_ptr<Network> make_efficientnet_b3(const ModelConfig& config, const at::Generator& generator) {
  return make(config, {.scale = {1.2, 1.4}}, generator);
}

std::shared_ptr<Network> make_efficientnet_b4(const ModelConfig& config, const at::Generator& generator) {
  return make(config, {.scale = {1.4, 1.8}}, generator);
}

std::shared_ptr<Network> make_tf_efficientnet_lite0(const ModelConfig& config, const at::Generator& generator) {
  return make(config, {.lite = true}, generator);
}

}  // namespace foldwave::models
