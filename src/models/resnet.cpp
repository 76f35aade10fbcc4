#include "models/resnet.h"

#include <array>

#include "models/batch_norm.h"
#include "models/layers.h"

namespace foldwave::models {
namespace {

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

class Block : public torch::nn::Module {
 public:
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
  virtual BatchNorm2d& last_norm() = 0;
};

class BasicBlock : public Block {
 public:
  static constexpr int expansion = 1;

  BasicBlock(int in, int planes, int stride) {
    conv1_ = register_module(
        "conv1", std::make_shared<Conv2d>(ConvShape{.in = in, .out = planes, .stride = stride, .padding = 1}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(planes));
    conv2_ = register_module("conv2", std::make_shared<Conv2d>(ConvShape{.in = planes, .out = planes, .padding = 1}));
    bn2_ = register_module("bn2", std::make_shared<BatchNorm2d>(planes));
    if (stride != 1 || in != planes)
      downsample_ = register_module("downsample", std::make_shared<Downsample>(in, planes, stride));
  }
  torch::Tensor forward(const torch::Tensor& x) override {
    auto y = bn1_->forward(conv1_->forward(x)).relu_();
    y = bn2_->forward(conv2_->forward(y));
    return y.add_(downsample_ ? downsample_->forward(x) : x).relu_();
  }
  BatchNorm2d& last_norm() override { return *bn2_; }

 private:
  std::shared_ptr<Conv2d> conv1_, conv2_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_;
  std::shared_ptr<Downsample> downsample_;
};

class Stage : public torch::nn::Module {
 public:
  void append(std::shared_ptr<Block> block) {
    blocks_.push_back(register_module(std::to_string(blocks_.size()), std::move(block)));
  }
  torch::Tensor forward(torch::Tensor x) {
    for (auto& block : blocks_) x = block->forward(x);
    return x;
  }
  const std::vector<std::shared_ptr<Block>>& blocks() const { return blocks_; }

 private:
  std::vector<std::shared_ptr<Block>> blocks_;
};

template <class BlockType>
class ResNet : public Network {
 public:
  ResNet(const ModelConfig& config, const std::array<int, 4>& blocks, const at::Generator& generator) {
    conv1_ = register_module("conv1", std::make_shared<Conv2d>(ConvShape{
                                          .in = config.channels, .out = 64, .kernel = 7, .stride = 2, .padding = 3}));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm2d>(64));
    int width = 64;
    for (int s = 0; s < 4; ++s) {
      auto stage = std::make_shared<Stage>();
      const int planes = 64 << s;
      for (int b = 0; b < blocks[s]; ++b) {
        stage->append(std::make_shared<BlockType>(width, planes, b == 0 && s > 0 ? 2 : 1));
        width = planes * BlockType::expansion;
      }
      stages_.push_back(register_module("layer" + std::to_string(s + 1), std::move(stage)));
    }
    fc_ = register_module("fc", std::make_shared<Linear>(width, config.classes));
    initialise(generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey>) override {
    auto y = bn1_->forward(conv1_->forward(x)).relu_();
    y = torch::max_pool2d(y, 3, 2, 1);
    for (auto& stage : stages_) y = stage->forward(y);
    return fc_->forward(torch::adaptive_avg_pool2d(y, {1, 1}).flatten(1));
  }

 private:
  // timm: kaiming_normal_ for convolutions, zero_init_last, torch.nn.Linear's own for the classifier.
  void initialise(const at::Generator& generator) {
    for (const auto& module : modules(false))
      if (auto* conv = module->as<Conv2d>()) kaiming_normal_fan_out(conv->weight, generator);
    torch::NoGradGuard no_grad;
    for (const auto& stage : stages_)
      for (const auto& block : stage->blocks()) block->last_norm().weight.zero_();
    reset_parameters(*fc_, generator);
  }

  std::shared_ptr<Conv2d> conv1_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::vector<std::shared_ptr<Stage>> stages_;
  std::shared_ptr<Linear> fc_;
};

}  // namespace

std::shared_ptr<Network> make_resnet18(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<ResNet<BasicBlock>>(config, std::array{2, 2, 2, 2}, generator);
}

}  // namespace foldwave::models
