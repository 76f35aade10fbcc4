#include "training/optimiser.h"

#include <cmath>

namespace foldwave::training {

AdamW::AdamW(std::vector<torch::Tensor> parameters, double weight_decay)
    : parameters_(std::move(parameters)), weight_decay_(weight_decay) {
  for (const auto& p : parameters_) {
    first_moment_.push_back(torch::zeros_like(p));
    second_moment_.push_back(torch::zeros_like(p));
  }
}

void AdamW::step(const Rates& rates) {
  torch::NoGradGuard no_grad;
  constexpr double beta2 = 0.999, epsilon = 1e-8;
  ++steps_;
  std::vector<torch::Tensor> parameters, gradients, first, second;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].grad().defined()) continue;
    parameters.push_back(parameters_[i]);
    gradients.push_back(parameters_[i].grad());
    first.push_back(first_moment_[i]);
    second.push_back(second_moment_[i]);
  }
  if (parameters.empty()) return;
  const std::vector<torch::Tensor> step(parameters.size(),
                                        torch::full({}, static_cast<double>(steps_), parameters[0].options()));
  at::_fused_adamw_(parameters, gradients, first, second, {}, step, rates.lr, rates.beta1, beta2, weight_decay_,
                    epsilon, false, false);
}

void clip_gradients(const std::vector<torch::Tensor>& parameters, double greatest) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> gradients;
  for (const auto& p : parameters)
    if (p.grad().defined()) gradients.push_back(p.grad());
  if (gradients.empty()) return;
  const auto norm = torch::stack(at::_foreach_norm(gradients)).norm();
  at::_foreach_mul_(gradients, (greatest / (norm + 1e-6)).clamp_max(1.0));
}

}  // namespace foldwave::training
