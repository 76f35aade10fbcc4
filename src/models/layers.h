// The layers that networks are made of: named, shaped and initialised as torch.nn's, but drawing from a generator that
// is handed to them, so that no global state decides what a network starts from.
#pragma once

#include <torch/torch.h>

namespace foldwave::models {

struct ConvShape {
  int in = 1, out = 1;  // channels
  int kernel = 3, stride = 1, padding = 0;
  int groups = 1;
  bool bias = false;          // most have a normalisation behind them
  bool same_padding = false;  // TensorFlow's SAME instead of `padding`: ceil(input / stride) outputs, an odd zero last
};

class Conv2d : public torch::nn::Module {
 public:
  explicit Conv2d(const ConvShape& shape);
  torch::Tensor forward(const torch::Tensor& x) const;

  const ConvShape& shape() const { return shape_; }

  torch::Tensor weight;  // [out, in / groups, kernel, kernel]
  torch::Tensor bias;    // [out], or none

 private:
  int64_t same_padding(int64_t size) const;                                     // zeros on both sides together
  int64_t columns_for_a_second(const torch::Tensor& x, int64_t columns) const;  // zeros that make one more of output

  ConvShape shape_;
};

class Linear : public torch::nn::Module {
 public:
  Linear(int in, int out);
  torch::Tensor forward(const torch::Tensor& x) const;

  torch::Tensor weight, bias;  // [out, in], [out]
};

// torch.nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu").
void kaiming_normal_fan_out(torch::Tensor weight, const at::Generator& generator);
// torch.nn.Linear.reset_parameters().
void reset_parameters(Linear& linear, const at::Generator& generator);

}  // namespace foldwave::models
