// MobileNetV3 (Howard et al. 2019) as timm 1.0.31 builds it.
#include "models/batch_norm.h"
#include "models/dropout.h"
#include "models/layers.h"
#include "models/mbconv.h"
#include "models/registry.h"

namespace foldwave::models {
namespace {

constexpr int stem_width = 16, head_width = 1280;

MbConvStages large_stages() {
  constexpr auto relu = Activation::relu, hard_swish = Activation::hard_swish;
  struct Row {
    int stage, blocks, kernel, stride;
    double expansion;
    int out;
    bool squeeze;
    Activation activation;
  };
  constexpr Row rows[] = {{0, 1, 3, 1, 1, 16, false, relu},         {1, 1, 3, 2, 4, 24, false, relu},
                          {1, 1, 3, 1, 3, 24, false, relu},         {2, 3, 5, 2, 3, 40, true, relu},
                          {3, 1, 3, 2, 6, 80, false, hard_swish},   {3, 1, 3, 1, 2.5, 80, false, hard_swish},
                          {3, 2, 3, 1, 2.3, 80, false, hard_swish}, {4, 2, 3, 1, 6, 112, true, hard_swish},
                          {5, 3, 5, 2, 6, 160, true, hard_swish}};
  MbConvStages stages(7);
  int in = stem_width;
  for (const Row& row : rows)
    for (int b = 0; b < row.blocks; ++b) {
      const int expanded = round_channels(in * row.expansion);
      MbConvShape block{.in = in,
                        .out = row.out,
                        .expanded = expanded,
                        .kernel = row.kernel,
                        .stride = b == 0 ? row.stride : 1,
                        .squeezed = row.squeeze ? round_channels(expanded / 4.0) : 0,
                        .activation = row.activation};
      if (row.stage == 0) block.kind = MbConvShape::Kind::depthwise_separable;
      stages[row.stage].push_back(block);
      in = row.out;
    }
  stages[6] = {{.kind = MbConvShape::Kind::convolution, .in = in, .out = 960, .activation = hard_swish}};
  return stages;
}

class MobileNetV3 : public Network {
 public:
  MobileNetV3(const ModelConfig& config, const at::Generator& generator) : dropout_{config.drop_rate} {
    const MbConvStages stages = large_stages();
    conv_stem_ = register_module(
        "conv_stem",
        std::make_shared<Conv2d>(ConvShape{.in = config.channels, .out = stem_width, .stride = 2, .padding = 1}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(stem_width));
    const MbConvStyle style{.squeeze = Activation::relu, .gate = Activation::hard_sigmoid};
    blocks_ = register_module("blocks", make_stages(stages, style, config.drop_path_rate));
    const ConvShape head{.in = stages.back().back().out, .out = head_width, .kernel = 1, .bias = true};
    conv_head_ = register_module("conv_head", std::make_shared<Conv2d>(head));
    classifier_ = register_module("classifier", std::make_shared<Linear>(head_width, config.classes));
    initialise_by_fan_out(*this, generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    auto y = activate(bn1_->forward(conv_stem_->forward(x)), Activation::hard_swish);
    y = torch::adaptive_avg_pool2d(blocks_->forward(y, keys), {1, 1});
    y = activate(conv_head_->forward(y), Activation::hard_swish).flatten(1);
    if (is_training()) y = dropout_by_sample(y, dropout_, keys);
    return classifier_->forward(y);
  }

 private:
  Drop dropout_;
  std::shared_ptr<Conv2d> conv_stem_, conv_head_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::shared_ptr<Sequence> blocks_;
  std::shared_ptr<Linear> classifier_;
};

}  // namespace

std::shared_ptr<Network> make_mobilenetv3_large_100(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<MobileNetV3>(config, generator);
}

}  // namespace foldwave::models
