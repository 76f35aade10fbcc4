#include "models/layers.h"

#include <ATen/autocast_mode.h>

#include <algorithm>
#include <cmath>

namespace foldwave::models {

Conv2d::Conv2d(const ConvShape& shape) : shape_(shape) {
  weight = register_parameter("weight", torch::empty({shape.out, shape.in / shape.groups, shape.kernel, shape.kernel}));
  if (shape.bias) bias = register_parameter("bias", torch::empty({shape.out}));
}

torch::Tensor Conv2d::forward(const torch::Tensor& x) const {
  torch::Tensor padded = x;
  int64_t rows = 2 * shape_.padding, columns = rows;  // zeros on both sides together
  if (shape_.same_padding) {
    rows = same_padding(x.size(2));
    columns = same_padding(x.size(3));
  }
  const int64_t more = columns_for_a_second(x, x.size(3) + columns);
  if (rows % 2 != 0 || columns % 2 != 0 || more > 0) {
    padded = at::constant_pad_nd(x, {columns / 2, columns - columns / 2 + more, rows / 2, rows - rows / 2});
    rows = columns = 0;
  }
  const torch::Tensor y =
      at::conv2d(padded, weight, bias, {shape_.stride, shape_.stride}, {rows / 2, columns / 2}, {1, 1}, shape_.groups);
  return more > 0 ? y.narrow(3, 0, 1) : y;
}

// PyTorch 2.15 on CPUs with AMX: of a bf16 convolution whose stride leaves one column, some values are what lay in
// memory before. One that leaves two is right.
int64_t Conv2d::columns_for_a_second(const torch::Tensor& x, int64_t columns) const {
  const bool in_bf16 = x.scalar_type() == at::kBFloat16 || at::autocast::is_autocast_enabled(at::kCPU);
  const bool one_column =
      shape_.stride > 1 && shape_.kernel > 1 && columns >= shape_.kernel && columns < shape_.kernel + shape_.stride;
  return x.is_cpu() && in_bf16 && one_column ? shape_.kernel + shape_.stride - columns : 0;
}

int64_t Conv2d::same_padding(int64_t size) const {
  const int64_t outputs = (size + shape_.stride - 1) / shape_.stride;
  return std::max<int64_t>((outputs - 1) * shape_.stride + shape_.kernel - size, 0);
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
