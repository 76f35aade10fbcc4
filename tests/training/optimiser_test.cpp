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
    optimiser.step({.lr = 1e-2, .momentum = 0.9});
  }
  EXPECT_TRUE(
      torch::allclose(p.detach(), torch::tensor({0.9678008556365967F, -1.96480393409729F, 0.4692993462085724F}), 1e-6));
  EXPECT_EQ(q.item<float>(), 3);
}

torch::Tensor after_three_steps_of_sgd(double momentum) {
  const auto p = torch::tensor({1.0F, -2.0F, 0.5F}).requires_grad_();
  Optimiser optimiser({p}, {.sgd = true, .weight_decay = 0.1});
  for (int i = 1; i <= 3; ++i) {
    p.mutable_grad() = torch::tensor({0.1F, -0.2F, 0.3F}) * i;
    optimiser.step({.lr = 1e-2, .momentum = momentum});
  }
  return p.detach();
}

TEST(Sgd, TakesPyTorchsSteps) {
  // torch 2.15.0: SGD([p], lr=1e-2, momentum=0.9, nesterov=True, weight_decay=0.1), three steps with
  // p.grad = [0.1, -0.2, 0.3] * (1, 2, 3); then the same with momentum=0, nesterov=False.
  EXPECT_TRUE(torch::allclose(after_three_steps_of_sgd(0.9),
                              torch::tensor({0.9774234294891357F, -1.9548468589782715F, 0.4523579776287079F}), 1e-6));
  EXPECT_TRUE(torch::allclose(after_three_steps_of_sgd(0),
                              torch::tensor({0.9910070300102234F, -1.9820140600204468F, 0.48051348328590393F}), 1e-6));
}

// A body of a matrix and a bias, and a head of the same.
std::vector<torch::Tensor> body_and_head() {
  std::vector<torch::Tensor> parameters{torch::ones({2, 2}), torch::ones({2}), torch::ones({2, 2}), torch::ones({2})};
  for (auto& p : parameters) p.requires_grad_();
  return parameters;
}

void give_gradients(const std::vector<torch::Tensor>& parameters, double value) {
  for (const auto& p : parameters) p.mutable_grad() = torch::full_like(p, value).detach();
}

TEST(Optimiser, LetsMatricesAloneDecayWhereThatIsAskedFor) {
  for (const bool sgd : {false, true}) {
    const auto parameters = body_and_head();
    Optimiser optimiser(parameters, {.sgd = sgd, .weight_decay = 0.5, .decay_matrices_only = true});
    give_gradients(parameters, 0);
    optimiser.step({.lr = 0.1});
    for (const auto& p : parameters) {
      const bool decayed = p.detach().lt(1).all().item<bool>(), kept = p.detach().eq(1).all().item<bool>();
      EXPECT_TRUE(p.dim() > 1 ? decayed : kept) << p.dim() << " dimensions, sgd " << sgd;
    }
  }
}

TEST(Optimiser, LeavesAFrozenBodyAndItsMomentsAsTheyAre) {
  for (const bool sgd : {false, true}) {
    const auto parameters = body_and_head();
    Optimiser optimiser(parameters, {.sgd = sgd, .weight_decay = 0.5});
    give_gradients(parameters, 1);
    optimiser.step({.lr = 0.1, .body = 0});
    for (size_t i = 0; i < parameters.size(); ++i) {
      const bool head = i >= 2;
      EXPECT_EQ(parameters[i].detach().eq(1).all().item<bool>(), !head) << i;
      for (const auto* moment : {&optimiser.first_moment(), &optimiser.second_moment()})
        EXPECT_TRUE(moment->empty() || (*moment)[i].eq(0).all().item<bool>() != head) << i;
    }
    optimiser.step({.lr = 0.1, .body = 0.1});
    EXPECT_TRUE(parameters[0].detach().lt(1).all().item<bool>());
  }
}

TEST(AdamW, TakesTheFirstStepsOfABodyThatThawsAtItsRate) {
  // torch 2.15.0: AdamW([body, head], lr=0.1, weight_decay=0), ten steps with requires_grad=False for the body, then
  // one with all gradients 1: a body of ones is 0.9, for the first step of Adam is lr whatever the gradient.
  const auto parameters = body_and_head();
  Optimiser optimiser(parameters, {});
  give_gradients(parameters, 1);
  for (int i = 0; i < 10; ++i) optimiser.step({.lr = 0.1, .body = 0});
  optimiser.step({.lr = 0.1});
  EXPECT_TRUE(torch::allclose(parameters[0].detach(), torch::full({2, 2}, 0.9), 1e-5)) << parameters[0];
  EXPECT_EQ(optimiser.steps().front().item<float>(), 1);
  EXPECT_EQ(optimiser.steps().back().item<float>(), 11);
}

TEST(Optimiser, CountsAFrozenBodyInNoNorm) {
  const auto parameters = body_and_head();
  const Optimiser optimiser(parameters, {});
  give_gradients(parameters, 1);
  EXPECT_EQ(optimiser.gradients({.lr = 0.1, .body = 0}).size(), 2U);
  EXPECT_EQ(optimiser.gradients({.lr = 0.1, .body = 0.1}).size(), 4U);
}

TEST(ClipGradients, ScalesLongOnesToTheNormAndLeavesShortOnes) {
  const auto p = torch::zeros({2}).requires_grad_();
  p.mutable_grad() = torch::tensor({3.0F, 4.0F});
  clip_gradients({p.grad()}, 10);
  EXPECT_NEAR(p.grad().norm().item<float>(), 5, 1e-5);
  clip_gradients({p.grad()}, 1);
  EXPECT_NEAR(p.grad().norm().item<float>(), 1, 1e-5);
}

}  // namespace
}  // namespace foldwave::training
