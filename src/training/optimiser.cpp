#include "training/optimiser.h"

#include <algorithm>
#include <cmath>

namespace foldwave::training {
namespace {

constexpr size_t head_parameters = 2;

std::vector<torch::Tensor> gradients_of(const std::vector<torch::Tensor>& parameters) {
  std::vector<torch::Tensor> gradients;
  for (const auto& p : parameters)
    if (p.grad().defined()) gradients.push_back(p.grad());
  return gradients;
}

}  // namespace

Optimiser::Optimiser(std::vector<torch::Tensor> parameters, const OptimiserConfig& config)
    : config_(config), parameters_(std::move(parameters)) {
  for (const auto& p : parameters_) {
    first_moment_.push_back(torch::zeros_like(p));
    if (!config_.sgd) second_moment_.push_back(torch::zeros_like(p));
  }
}

std::vector<Optimiser::Alike> Optimiser::alike(const Rates& rates) const {
  std::vector<Alike> groups;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].grad().defined()) continue;
    const bool head = i + head_parameters >= parameters_.size();
    const bool decays = !config_.decay_matrices_only || parameters_[i].dim() > 1;
    const double lr = head ? rates.lr : rates.lr * rates.body, weight_decay = decays ? config_.weight_decay : 0;
    if (lr == 0 && !head) continue;  // a frozen body keeps its moments too
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Alike& known) { return known.lr == lr && known.weight_decay == weight_decay; });
    if (group == groups.end()) group = groups.insert(group, Alike{lr, weight_decay, {}, {}, {}, {}});
    group->parameters.push_back(parameters_[i]);
    group->gradients.push_back(parameters_[i].grad());
    group->first.push_back(first_moment_[i]);
    if (!config_.sgd) group->second.push_back(second_moment_[i]);
  }
  return groups;
}

void Optimiser::step(const Rates& rates) {
  torch::NoGradGuard no_grad;
  constexpr double beta2 = 0.999, epsilon = 1e-8;
  ++steps_;
  for (Alike& group : alike(rates)) {
    if (config_.sgd) {
      const bool heavy = config_.momentum > 0;  // else LibTorch wants no buffers, and Nesterov's step is the plain one
      at::_fused_sgd_(group.parameters, group.gradients, heavy ? group.first : std::vector<torch::Tensor>{},
                      group.weight_decay, config_.momentum, group.lr, 0, heavy, false, false);
    } else {
      const std::vector<torch::Tensor> step(
          group.parameters.size(), torch::full({}, static_cast<double>(steps_), group.parameters[0].options()));
      at::_fused_adamw_(group.parameters, group.gradients, group.first, group.second, {}, step, group.lr, rates.beta1,
                        beta2, group.weight_decay, epsilon, false, false);
    }
  }
}

void clip_gradients(const std::vector<torch::Tensor>& parameters, double greatest) {
  torch::NoGradGuard no_grad;
  const auto gradients = gradients_of(parameters);
  if (gradients.empty()) return;
  const auto norm = torch::stack(at::_foreach_norm(gradients)).norm();
  at::_foreach_mul_(gradients, (greatest / (norm + 1e-6)).clamp_max(1.0));
}

void scale_gradients(const std::vector<torch::Tensor>& parameters, double factor) {
  torch::NoGradGuard no_grad;
  const auto gradients = gradients_of(parameters);
  if (!gradients.empty()) at::_foreach_mul_(gradients, factor);
}

}  // namespace foldwave::training
