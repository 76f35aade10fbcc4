// A plain convolutional net for little data, after PANNs' Cnn10 (Kong et al. 2020): four blocks of two 3x3
// convolutions, each halving the picture; mean over frequency, maximum plus mean over time, one hidden layer.
#include "models/batch_norm.h"
#include "models/blocks.h"
#include "models/dropout.h"
#include "models/layers.h"
#include "models/registry.h"

namespace foldwave::models {
namespace {

class ConvBlock : public Block {
 public:
  ConvBlock(int in, int out, const at::Generator& generator) {
    conv1_ = register_module("conv1", std::make_shared<Conv2d>(ConvShape{.in = in, .out = out, .padding = 1}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(out));
    conv2_ = register_module("conv2", std::make_shared<Conv2d>(ConvShape{.in = out, .out = out, .padding = 1}));
    bn2_ = register_module("bn2", std::make_shared<BatchNorm2d>(out));
    kaiming_normal_fan_out(conv1_->weight, generator);
    kaiming_normal_fan_out(conv2_->weight, generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey>) override {
    const auto y = bn1_->forward(conv1_->forward(x)).relu_();
    return torch::avg_pool2d(bn2_->forward(conv2_->forward(y)).relu_(), 2, {}, 0, true);
  }

 private:
  std::shared_ptr<Conv2d> conv1_, conv2_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_;
};

class CnnSmall : public Network {
 public:
  CnnSmall(const ModelConfig& config, const at::Generator& generator) : dropout_(config.dropout) {
    int in = config.channels;
    for (const int out : config.cnn_channels) {
      blocks_->append(std::make_shared<ConvBlock>(in, out, generator));
      in = out;
    }
    register_module("blocks", blocks_);
    hidden_ = register_module("fc1", std::make_shared<Linear>(in, in));
    classifier_ = register_module("fc", std::make_shared<Linear>(in, config.classes));
    reset_parameters(*hidden_, generator);
    reset_parameters(*classifier_, generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    const auto over_time = blocks_->forward(x, keys).mean(2);  // [n, channels, frames / 16]
    auto y = std::get<0>(over_time.max(2)) + over_time.mean(2);
    y = hidden_->forward(drop(y, 0, keys)).relu();
    return classifier_->forward(drop(y, 1, keys));
  }

 private:
  torch::Tensor drop(const torch::Tensor& x, int layer, std::span<const RandomKey> keys) const {
    return is_training() ? dropout_by_sample(x, {dropout_, layer}, keys) : x;
  }

  double dropout_;
  std::shared_ptr<Sequence> blocks_ = std::make_shared<Sequence>();
  std::shared_ptr<Linear> hidden_, classifier_;
};

}  // namespace

std::shared_ptr<Network> make_cnn_small(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<CnnSmall>(config, generator);
}

}  // namespace foldwave::models
