#include "training/optimiser.h"

#include <gtest/gtest.h>

namespace foldwave::training {
namespace {

TEST(AdamW, TakesPyTorchsSteps) {
  // torch 2.15.0: AdamW([p, q], lr=1e-2, weight_decay=0.1), three steps with p.grad = [0.1, -0.2, 0.3] * (1, 2, 3),
  // q.grad = None.
  const auto p = torch::tensor({1.0F, -2.0F, 0.5F}).requires_grad_(), q = torch::tensor({3.0F}).requires_grad_();
  Optimiser optimiser({p, q}, {.weight_decay = 0.1});
  for (int i = 1; i <= 3; ++i) {
    p.mutable_grad() = torch::tensor({0.1F, -0.2F, 0.3F}) * i;
    optimiser.step({.lr = 1e-2, .beta1 = 0.9});
  }
  EXPECT_TRUE(
      torch::allclose(p.detach(), torch::tensor({0.9678008556365967F, -1.96480393409729F, 0.4692993462085724F}), 1e-6));
  EXPECT_EQ(q.item<float>(), 3);
}

TEST(ClipGradients, ScalesLongOnesToTheNormAndLeavesShortOnes) {
  const auto p = torch::zeros({2}).requires_grad_();
  p.mutable_grad() = torch::tensor({3.0F, 4.0F});
  clip_gradients({p}, 10);
  EXPECT_NEAR(p.grad().norm().item<float>(), 5, 1e-5);
  clip_gradients({p}, 1);
  EXPECT_NEAR(p.grad().norm().item<float>(), 1, 1e-5);
}

}  // namespace
}  // namespace foldwave::training
