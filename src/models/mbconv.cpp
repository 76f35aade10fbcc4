#include "models/mbconv.h"

#include <algorithm>
#include <cmath>

#include "models/batch_norm.h"
#include "models/dropout.h"
#include "models/layers.h"

namespace foldwave::models {
namespace {

using Kind = MbConvShape::Kind;

class SqueezeExcite : public torch::nn::Module {
 public:
  SqueezeExcite(int channels, int squeezed, const MbConvStyle& style) : activation_(style.squeeze), gate_(style.gate) {
    reduce_ = register_module(
        "conv_reduce", std::make_shared<Conv2d>(ConvShape{.in = channels, .out = squeezed, .kernel = 1, .bias = true}));
    expand_ = register_module(
        "conv_expand", std::make_shared<Conv2d>(ConvShape{.in = squeezed, .out = channels, .kernel = 1, .bias = true}));
  }
  torch::Tensor forward(const torch::Tensor& x) {
    const auto summary = activate(reduce_->forward(x.mean({2, 3}, true)), activation_);
    return x * activate(expand_->forward(summary), gate_);
  }

 private:
  Activation activation_, gate_;
  std::shared_ptr<Conv2d> reduce_, expand_;
};

class MbConv : public Block {
 public:
  MbConv(const MbConvShape& shape, const MbConvStyle& style, const Drop& drop)
      : shape_(shape), style_(style), drop_(drop) {}

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    auto y = branch(x);
    if (shape_.kind == Kind::convolution || shape_.stride != 1 || shape_.in != shape_.out) return y;
    if (is_training()) y = drop_path_by_sample(y, drop_, keys);
    return y.add_(x);
  }

 protected:
  virtual torch::Tensor branch(const torch::Tensor& x) = 0;

  std::shared_ptr<Conv2d> add_conv(const std::string& name, int in, int out) {
    return register_module(name, std::make_shared<Conv2d>(ConvShape{.in = in, .out = out, .kernel = 1}));
  }
  std::shared_ptr<Conv2d> add_depthwise(const std::string& name, int channels) {
    return register_module(name, std::make_shared<Conv2d>(ConvShape{.in = channels,
                                                                    .out = channels,
                                                                    .kernel = shape_.kernel,
                                                                    .stride = shape_.stride,
                                                                    .padding = shape_.kernel / 2,
                                                                    .groups = channels,
                                                                    .same_padding = style_.same_padding}));
  }
  std::shared_ptr<BatchNorm2d> add_norm(const std::string& name, int channels) {
    return register_module(name, std::make_shared<BatchNorm2d>(channels, style_.norm_epsilon));
  }
  std::shared_ptr<SqueezeExcite> add_squeeze(const std::string& name, int channels) {
    if (shape_.squeezed == 0) return nullptr;
    return register_module(name, std::make_shared<SqueezeExcite>(channels, shape_.squeezed, style_));
  }

  MbConvShape shape_;
  MbConvStyle style_;

 private:
  Drop drop_;
};

class DepthwiseSeparable : public MbConv {
 public:
  DepthwiseSeparable(const MbConvShape& shape, const MbConvStyle& style, const Drop& drop)
      : MbConv(shape, style, drop) {
    depthwise_ = add_depthwise("conv_dw", shape.in);
    bn1_ = add_norm("bn1", shape.in);
    squeeze_ = add_squeeze("se", shape.in);
    pointwise_ = add_conv("conv_pw", shape.in, shape.out);
    bn2_ = add_norm("bn2", shape.out);
  }

 private:
  torch::Tensor branch(const torch::Tensor& x) override {
    auto y = activate(bn1_->forward(depthwise_->forward(x)), shape_.activation);
    if (squeeze_) y = squeeze_->forward(y);
    return bn2_->forward(pointwise_->forward(y));
  }

  std::shared_ptr<Conv2d> depthwise_, pointwise_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_;
  std::shared_ptr<SqueezeExcite> squeeze_;
};

class InvertedResidual : public MbConv {
 public:
  InvertedResidual(const MbConvShape& shape, const MbConvStyle& style, const Drop& drop) : MbConv(shape, style, drop) {
    expand_ = add_conv("conv_pw", shape.in, shape.expanded);
    bn1_ = add_norm("bn1", shape.expanded);
    depthwise_ = add_depthwise("conv_dw", shape.expanded);
    bn2_ = add_norm("bn2", shape.expanded);
    squeeze_ = add_squeeze("se", shape.expanded);
    project_ = add_conv("conv_pwl", shape.expanded, shape.out);
    bn3_ = add_norm("bn3", shape.out);
  }

 private:
  torch::Tensor branch(const torch::Tensor& x) override {
    auto y = activate(bn1_->forward(expand_->forward(x)), shape_.activation);
    y = activate(bn2_->forward(depthwise_->forward(y)), shape_.activation);
    if (squeeze_) y = squeeze_->forward(y);
    return bn3_->forward(project_->forward(y));
  }

  std::shared_ptr<Conv2d> expand_, depthwise_, project_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_, bn3_;
  std::shared_ptr<SqueezeExcite> squeeze_;
};

class Convolution : public MbConv {  // 1x1
 public:
  Convolution(const MbConvShape& shape, const MbConvStyle& style, const Drop& drop) : MbConv(shape, style, drop) {
    conv_ = add_conv("conv", shape.in, shape.out);
    bn1_ = add_norm("bn1", shape.out);
  }

 private:
  torch::Tensor branch(const torch::Tensor& x) override {
    return activate(bn1_->forward(conv_->forward(x)), shape_.activation);
  }

  std::shared_ptr<Conv2d> conv_;
  std::shared_ptr<BatchNorm2d> bn1_;
};

std::shared_ptr<Block> make_block(const MbConvShape& shape, const MbConvStyle& style, const Drop& drop) {
  switch (shape.kind) {
    case Kind::depthwise_separable: return std::make_shared<DepthwiseSeparable>(shape, style, drop);
    case Kind::inverted_residual: return std::make_shared<InvertedResidual>(shape, style, drop);
    case Kind::convolution: return std::make_shared<Convolution>(shape, style, drop);
  }
  TORCH_CHECK(false, "no such block");
}

}  // namespace

std::shared_ptr<Sequence> make_stages(const MbConvStages& stages, const MbConvStyle& style, double drop_path_rate) {
  int blocks = 0, index = 0;
  for (const auto& stage : stages) blocks += static_cast<int>(stage.size());
  auto all = std::make_shared<Sequence>();
  for (const auto& stage : stages) {
    auto sequence = std::make_shared<Sequence>();
    for (const MbConvShape& shape : stage) {
      sequence->append(make_block(shape, style, {drop_path_rate * index / blocks, 1 + index}));
      ++index;
    }
    all->append(std::move(sequence));
  }
  return all;
}

int round_channels(double channels) {
  const int rounded = std::max(8, static_cast<int>(channels + 4) / 8 * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

void initialise_by_fan_out(torch::nn::Module& network, const at::Generator& generator) {
  torch::NoGradGuard no_grad;
  for (const auto& module : network.modules(false)) {
    if (auto* conv = module->as<Conv2d>()) {
      const ConvShape& shape = conv->shape();
      const double fan_out = shape.kernel * shape.kernel * (shape.out / shape.groups);
      conv->weight.normal_(0, std::sqrt(2 / fan_out), generator);
      if (conv->bias.defined()) conv->bias.zero_();
    }
    if (auto* linear = module->as<Linear>()) {
      const double bound = 1 / std::sqrt(static_cast<double>(linear->weight.size(0)));
      linear->weight.uniform_(-bound, bound, generator);
      linear->bias.zero_();
    }
  }
}

}  // namespace foldwave::models
