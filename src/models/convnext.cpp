// ConvNeXt (Liu et al. 2022) as timm 1.0.31 builds it.
#include <array>

#include "models/blocks.h"
#include "models/dropout.h"
#include "models/layers.h"
#include "models/registry.h"

namespace foldwave::models {
namespace {

constexpr std::array tiny_depths{3, 3, 9, 3}, tiny_widths{96, 192, 384, 768};

class LayerNorm : public torch::nn::Module {  // over the last dimension
 public:
  explicit LayerNorm(int channels) {
    weight_ = register_parameter("weight", torch::ones({channels}));
    bias_ = register_parameter("bias", torch::zeros({channels}));
  }
  torch::Tensor forward(const torch::Tensor& x) const {
    constexpr double epsilon = 1e-6;
    return torch::layer_norm(x, {weight_.size(0)}, weight_, bias_, epsilon);
  }

 private:
  torch::Tensor weight_, bias_;
};

// Over the channels of pictures [n, channels, h, w], pixel by pixel.
torch::Tensor normalise_pixels(const LayerNorm& norm, const torch::Tensor& x) {
  return norm.forward(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

class Mlp : public torch::nn::Module {
 public:
  explicit Mlp(int channels) {
    fc1_ = register_module("fc1", std::make_shared<Linear>(channels, 4 * channels));
    fc2_ = register_module("fc2", std::make_shared<Linear>(4 * channels, channels));
  }
  // scale: [channels] of the outputs. Scaling the last layer's weights instead spares two passes over the pictures.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& scale) {
    const auto hidden = torch::gelu(fc1_->forward(x));
    return at::linear(hidden, fc2_->weight * scale.unsqueeze(1), fc2_->bias * scale);
  }

 private:
  std::shared_ptr<Linear> fc1_, fc2_;
};

class ConvNextBlock : public Block {
 public:
  ConvNextBlock(int channels, const Drop& drop) : drop_(drop) {
    constexpr double layer_scale = 1e-6;
    gamma_ = register_parameter("gamma", torch::full({channels}, layer_scale));
    const ConvShape depthwise{
        .in = channels, .out = channels, .kernel = 7, .padding = 3, .groups = channels, .bias = true};
    conv_dw_ = register_module("conv_dw", std::make_shared<Conv2d>(depthwise));
    norm_ = register_module("norm", std::make_shared<LayerNorm>(channels));
    mlp_ = register_module("mlp", std::make_shared<Mlp>(channels));
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    const auto by_pixel = [](const torch::Tensor& picture) { return picture.permute({0, 2, 3, 1}); };
    auto y = mlp_->forward(norm_->forward(by_pixel(conv_dw_->forward(x))), gamma_);
    if (is_training()) y = drop_path_by_sample(y, drop_, keys);
    return (by_pixel(x).to(torch::kFloat) + y).permute({0, 3, 1, 2});  // in bf16 a sum would not see a small gamma
  }

 private:
  Drop drop_;
  torch::Tensor gamma_;  // [channels]
  std::shared_ptr<Conv2d> conv_dw_;
  std::shared_ptr<LayerNorm> norm_;
  std::shared_ptr<Mlp> mlp_;
};

// Halves the picture.
class Downsample : public torch::nn::Module {
 public:
  Downsample(int in, int out) {
    norm_ = register_module("0", std::make_shared<LayerNorm>(in));
    conv_ = register_module(
        "1", std::make_shared<Conv2d>(ConvShape{.in = in, .out = out, .kernel = 2, .stride = 2, .bias = true}));
  }
  // An odd last row or column is in no window; left in place it makes oneDNN's bf16 kernel (torch 2.15) give NaN.
  torch::Tensor forward(const torch::Tensor& x) {
    const auto even = x.narrow(2, 0, x.size(2) / 2 * 2).narrow(3, 0, x.size(3) / 2 * 2);
    return conv_->forward(normalise_pixels(*norm_, even));
  }

 private:
  std::shared_ptr<LayerNorm> norm_;
  std::shared_ptr<Conv2d> conv_;
};

class Stage : public Block {
 public:
  Stage(int in, int out, std::shared_ptr<Sequence> blocks) {
    if (in != out) downsample_ = register_module("downsample", std::make_shared<Downsample>(in, out));
    blocks_ = register_module("blocks", std::move(blocks));
  }
  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    return blocks_->forward(downsample_ ? downsample_->forward(x) : x, keys);
  }

 private:
  std::shared_ptr<Downsample> downsample_;
  std::shared_ptr<Sequence> blocks_;
};

// Cuts the picture into patches of 4 x 4.
class Stem : public torch::nn::Module {
 public:
  Stem(int in, int out) {
    conv_ = register_module(
        "0", std::make_shared<Conv2d>(ConvShape{.in = in, .out = out, .kernel = 4, .stride = 4, .bias = true}));
    norm_ = register_module("1", std::make_shared<LayerNorm>(out));
  }
  torch::Tensor forward(const torch::Tensor& x) { return normalise_pixels(*norm_, conv_->forward(x)); }

 private:
  std::shared_ptr<Conv2d> conv_;
  std::shared_ptr<LayerNorm> norm_;
};

class Head : public torch::nn::Module {
 public:
  Head(int channels, int classes, double drop_rate) : dropout_{drop_rate} {
    norm_ = register_module("norm", std::make_shared<LayerNorm>(channels));
    fc_ = register_module("fc", std::make_shared<Linear>(channels, classes));
  }
  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) {
    auto y = norm_->forward(torch::adaptive_avg_pool2d(x, {1, 1}).flatten(1));
    if (is_training()) y = dropout_by_sample(y, dropout_, keys);
    return fc_->forward(y);
  }

 private:
  Drop dropout_;
  std::shared_ptr<LayerNorm> norm_;
  std::shared_ptr<Linear> fc_;
};

class ConvNext : public Network {
 public:
  ConvNext(const ModelConfig& config, const std::array<int, 4>& depths, const std::array<int, 4>& widths,
           const at::Generator& generator) {
    stem_ = register_module("stem", std::make_shared<Stem>(config.channels, widths[0]));
    stages_ = register_module("stages", std::make_shared<Sequence>());
    const int blocks = depths[0] + depths[1] + depths[2] + depths[3];
    int in = widths[0], index = 0;
    for (int s = 0; s < 4; ++s) {
      auto sequence = std::make_shared<Sequence>();
      for (int b = 0; b < depths[s]; ++b, ++index)
        sequence->append(
            std::make_shared<ConvNextBlock>(widths[s], Drop{config.drop_path_rate * index / (blocks - 1), 1 + index}));
      stages_->append(std::make_shared<Stage>(in, widths[s], std::move(sequence)));
      in = widths[s];
    }
    head_ = register_module("head", std::make_shared<Head>(in, config.classes, config.drop_rate));
    initialise(generator);
  }

  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override {
    return head_->forward(stages_->forward(stem_->forward(x), keys), keys);
  }

 private:
  // timm truncates at 2, which is 100 standard deviations.
  void initialise(const at::Generator& generator) {
    constexpr double deviation = 0.02;
    torch::NoGradGuard no_grad;
    for (const auto& module : modules(false)) {
      if (auto* conv = module->as<Conv2d>()) {
        conv->weight.normal_(0, deviation, generator);
        conv->bias.zero_();
      }
      if (auto* linear = module->as<Linear>()) {
        linear->weight.normal_(0, deviation, generator);
        linear->bias.zero_();
      }
    }
  }

  std::shared_ptr<Stem> stem_;
  std::shared_ptr<Sequence> stages_;
  std::shared_ptr<Head> head_;
};

}  // namespace

std::shared_ptr<Network> make_convnext_tiny(const ModelConfig& config, const at::Generator& generator) {
  return std::make_shared<ConvNext>(config, tiny_depths, tiny_widths, generator);
}

}  // namespace foldwave::models
