#include "models/layers.h"

#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

#include <cmath>

namespace foldwave::models {
namespace {

// So that memory which is handed out next holds what no computation makes.
void leave_nan_behind() {
  std::vector<torch::Tensor> blocks;
  for (int64_t size = 1 << 6; size < 1 << 19; size *= 2)
    for (int i = 0; i < 5; ++i) blocks.push_back(torch::full({size}, NAN));
}

torch::Tensor in_bf16(const Conv2d& conv, const torch::Tensor& x) {
  at::autocast::set_autocast_enabled(at::kCPU, true);
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  leave_nan_behind();
  const torch::Tensor y = conv.forward(x).to(torch::kFloat);
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(at::kCPU, false);
  return y;
}

TEST(Conv2d, OfOneColumnIsWholeInBf16) {
  torch::manual_seed(1);
  torch::NoGradGuard no_grad;
  for (const auto& [kernel, padding, width] : {std::array{3, 1, 2}, {3, 1, 1}, {5, 2, 2}, {7, 3, 1}, {2, 0, 3}}) {
    Conv2d conv({.in = 128, .out = 256, .kernel = kernel, .stride = 2, .padding = padding});
    conv.weight.normal_(0, 0.05);
    const auto x = torch::randn({8, 128, 8, width}).contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor expected = conv.forward(x);
    EXPECT_EQ(expected.size(3), 1);
    for (int again = 0; again < 3; ++again) {
      const torch::Tensor y = in_bf16(conv, x);
      ASSERT_EQ(y.sizes(), expected.sizes());
      EXPECT_LT((y - expected).abs().max().item<double>(), 0.2) << kernel << " " << width;  // of values to 15
    }
  }
}

TEST(Conv2d, OfOneColumnHasTheSameGradientsInBf16) {
  torch::manual_seed(1);
  for (const bool same : {false, true}) {
    Conv2d conv({.in = 128, .out = 256, .kernel = 3, .stride = 2, .padding = same ? 0 : 1, .same_padding = same});
    {
      torch::NoGradGuard no_grad;
      conv.weight.normal_(0, 0.05);
    }
    const auto x = torch::randn({8, 128, 8, 2}).contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
    const auto gradients = [&](const torch::Tensor& y) {
      EXPECT_EQ(y.size(3), 1);
      return torch::autograd::grad({y.mean(3).sum()}, {x, conv.weight});
    };
    const auto expected = gradients(conv.forward(x)), got = gradients(in_bf16(conv, x));
    for (size_t i = 0; i < 2; ++i)
      EXPECT_LT((got[i] - expected[i]).abs().max().item<double>(), 0.02 * expected[i].abs().max().item<double>()) << i;
  }
}

}  // namespace
}  // namespace foldwave::models
