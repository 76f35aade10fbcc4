// ResNet (He et al. 2015) and ResNeXt (Xie et al. 2016) as timm 1.0.31 builds them.
#include <array>

#include "models/batch_norm.h"
#include "models/blocks.h"
#include "models/dropout.h"
#include "models/layers.h"
#include "models/registry.h"

namespace foldwave::models {
namespace {

struct ResNetShape {
  std::array<int, 4> depths;  // blocks a stage
  bool bottleneck = false;
  int groups = 1, group_width = 64;  // of a bottleneck's 3x3 convolution; the width is that of the first stage
};

// Halves the picture and widens the channels beside a block that does both.
class Downsample : public torch::nn::Module {
 public:
  Downsample(int in, int out, int stride) {
    conv_ =
        register_module("0", std::make_shared<Conv2d>(ConvShape{.in = in, .out = out, .kernel = 1, .stride = stride}));
    bn_ = register_module("1", std::make_shared<BatchNorm2d>(out));
  }
  torch::Tensor forward(const torch::Tensor& x) { return bn_->forward(conv_->forward(x)); }

 private:
  std::shared_ptr<Conv2d> conv_;
  std::shared_ptr<BatchNorm2d> bn_;
};

class ResidualBlock : public Block {
 public:
  explicit ResidualBlock(const Drop& drop) : drop_(drop) {}
  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    auto y = branch(x);
    if (is_training()) y = drop_path_by_sample(y, drop_, keys);
    return y.add_(downsample_ ? downsample_->forward(x) : x).relu_();
  }
  virtual BatchNorm2d& last_norm() = 0;

 protected:
  virtual torch::Tensor branch(const torch::Tensor& x) = 0;
  void add_downsample(int in, int out, int stride) {  // after the branch: the order of the state dict
    if (stride != 1 || in != out)
      downsample_ = register_module("downsample", std::make_shared<Downsample>(in, out, stride));
  }

 private:
  Drop drop_;
  std::shared_ptr<Downsample> downsample_;
};

class BasicBlock : public ResidualBlock {
 public:
  BasicBlock(int in, int planes, int stride, const Drop& drop) : ResidualBlock(drop) {
    conv1_ = register_module(
        "conv1", std::make_shared<Conv2d>(ConvShape{.in = in, .out = planes, .stride = stride, .padding = 1}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(planes));
    conv2_ = register_module("conv2", std::make_shared<Conv2d>(ConvShape{.in = planes, .out = planes, .padding = 1}));
    bn2_ = register_module("bn2", std::make_shared<BatchNorm2d>(planes));
    add_downsample(in, planes, stride);
  }
  BatchNorm2d& last_norm() override { return *bn2_; }

 private:
  torch::Tensor branch(const torch::Tensor& x) override {
    const auto y = bn1_->forward(conv1_->forward(x)).relu_();
    return bn2_->forward(conv2_->forward(y));
  }

  std::shared_ptr<Conv2d> conv1_, conv2_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_;
};

class Bottleneck : public ResidualBlock {
 public:
  Bottleneck(int in, int planes, int stride, const ResNetShape& shape, const Drop& drop) : ResidualBlock(drop) {
    const int width = planes * shape.group_width / 64 * shape.groups, out = 4 * planes;
    conv1_ = register_module("conv1", std::make_shared<Conv2d>(ConvShape{.in = in, .out = width, .kernel = 1}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(width));
    conv2_ = register_module(
        "conv2", std::make_shared<Conv2d>(
                     ConvShape{.in = width, .out = width, .stride = stride, .padding = 1, .groups = shape.groups}));
    bn2_ = register_module("bn2", std::make_shared<BatchNorm2d>(width));
    conv3_ = register_module("conv3", std::make_shared<Conv2d>(ConvShape{.in = width, .out = out, .kernel = 1}));
    bn3_ = register_module("bn3", std::make_shared<BatchNorm2d>(out));
    add_downsample(in, out, stride);
  }
  BatchNorm2d& last_norm() override { return *bn3_; }

 private:
  torch::Tensor branch(const torch::Tensor& x) override {
    auto y = bn1_->forward(conv1_->forward(x)).relu_();
    y = bn2_->forward(conv2_->forward(y)).relu_();
    return bn3_->forward(conv3_->forward(y));
  }

  std::shared_ptr<Conv2d> conv1_, conv2_, conv3_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_, bn3_;
};

class ResNet : public Network {
 public:
  ResNet(const ModelConfig& config, const ResNetShape& shape, const at::Generator& generator)
      : dropout_{config.drop_rate} {
    conv1_ = register_module("conv1", std::make_shared<Conv2d>(ConvShape{
                                          .in = config.channels, .out = 64, .kernel = 7, .stride = 2, .padding = 3}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(64));
    const int blocks = shape.depths[0] + shape.depths[1] + shape.depths[2] + shape.depths[3];
    int in = 64, index = 0;
    for (int s = 0; s < 4; ++s) {
      auto stage = std::make_shared<Sequence>();
      const int planes = 64 << s;
      for (int b = 0; b < shape.depths[s]; ++b, ++index) {
        const int stride = b == 0 && s > 0 ? 2 : 1;
        const Drop drop{config.drop_path_rate * index / (blocks - 1), 1 + index};
        if (shape.bottleneck)
          stage->append(std::make_shared<Bottleneck>(in, planes, stride, shape, drop));
        else
          stage->append(std::make_shared<BasicBlock>(in, planes, stride, drop));
        in = shape.bottleneck ? 4 * planes : planes;
      }
      stages_.push_back(register_module("layer" + std::to_string(s + 1), std::move(stage)));
    }
    fc_ = register_module("fc", std::make_shared<Linear>(in, config.classes));
    initialise(generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    auto y = bn1_->forward(conv1_->forward(x)).relu_();
    y = torch::max_pool2d(y, 3, 2, 1);
    for (auto& stage : stages_) y = stage->forward(y, keys);
    y = torch::adaptive_avg_pool2d(y, {1, 1}).flatten(1);
    if (is_training()) y = dropout_by_sample(y, dropout_, keys);
    return fc_->forward(y);
  }

 private:
  // timm: kaiming_normal_ for convolutions, zero_init_last, torch.nn.Linear's own for the classifier.
  void initialise(const at::Generator& generator) {
    torch::NoGradGuard no_grad;
    for (const auto& module : modules(false)) {
      if (auto* conv = module->as<Conv2d>()) kaiming_normal_fan_out(conv->weight, generator);
      if (auto* block = module->as<ResidualBlock>()) block->last_norm().weight.zero_();
    }
    reset_parameters(*fc_, generator);
  }

  Drop dropout_;
  std::shared_ptr<Conv2d> conv1_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::vector<std::shared_ptr<Sequence>> stages_;
  std::shared_ptr<Linear> fc_;
};

}  // namespace

std::shared_ptr<Network> make_resnet18(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<ResNet>(config, ResNetShape{.depths = {2, 2, 2, 2}}, generator);
}

std::shared_ptr<Network> make_resnet34(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<ResNet>(config, ResNetShape{.depths = {3, 4, 6, 3}}, generator);
}

std::shared_ptr<Network> make_resnet50(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<ResNet>(config, ResNetShape{.depths = {3, 4, 6, 3}, .bottleneck = true}, generator);
}

std::shared_ptr<Network> make_resnext50_32x4d(const ModelConfig& config, const at::Generator& generator) {
  const ResNetShape shape{.depths = {3, 4, 6, 3}, .bottleneck = true, .groups = 32, .group_width = 4};
  return std::make_shared<ResNet>(config, shape, generator);
}

}  // namespace foldwave::models
