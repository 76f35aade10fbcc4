#include "models/layers.h"

#include <cmath>

namespace foldwave::models {

Conv2d::Conv2d(const ConvShape& shape) : shape_(shape) {
  weight = register_parameter("weight", torch::empty({shape.out, shape.in / shape.groups, shape.kernel, shape.kernel}));
}

torch::Tensor Conv2d::forward(const torch::Tensor& x) const {
  return at::conv2d(x, weight, {}, {shape_.stride, shape_.stride}, {shape_.padding, shape_.padding}, {1, 1},
                    shape_.groups);
}

Linear::Linear(int in, int out) {
  weight = register_parameter("weight", torch::empty({out, in}));
  bias = register_parameter("bias", torch::empty({out}));
}

torch::Tensor Linear::forward(const torch::Tensor& x) const { return at::linear(x, weight, bias); }

void kaiming_normal_fan_out(torch::Tensor weight, const at::Generator& generator) {
  torch::NoGradGuard no_grad;
  const double fan_out = static_cast<double>(weight.numel() / weight.size(1));
  weight.normal_(0, std::sqrt(2.0 / fan_out), generator);
}

void reset_parameters(Linear& linear, const at::Generator& generator) {
  torch::NoGradGuard no_grad;
  // kaiming_uniform_(a=sqrt(5)) is uniform within 1 / sqrt(fan_in), as the bias.
  const double bound = 1 / std::sqrt(static_cast<double>(linear.weight.size(1)));
  linear.weight.uniform_(-bound, bound, generator);
  linear.bias.uniform_(-bound, bound, generator);
}

}  // namespace foldwave::models
