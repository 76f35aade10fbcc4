#include "training/optimiser.h"

#include <algorithm>
#include <cmath>

namespace foldwave::training {
namespace {

constexpr std::ptrdiff_t head_parameters = 2;

}  // namespace

Optimiser::Optimiser(std::vector<torch::Tensor> parameters, const OptimiserConfig& config)
    : config_(config), parameters_(std::move(parameters)) {
  for (const auto& p : parameters_) {
    first_moment_.push_back(torch::zeros_like(p));
    if (config_.sgd) continue;
    second_moment_.push_back(torch::zeros_like(p));
    steps_.push_back(torch::zeros({}, p.options().requires_grad(false)));
  }
}

std::vector<torch::Tensor> Optimiser::body() const {
  return {parameters_.begin(), parameters_.end() - head_parameters};
}

std::vector<torch::Tensor> Optimiser::head() const { return {parameters_.end() - head_parameters, parameters_.end()}; }

bool Optimiser::is_head(size_t i) const { return i + head_parameters >= parameters_.size(); }

// A frozen body keeps its moments too.
bool Optimiser::moves(size_t i, const Rates& rates) const {
  return parameters_[i].grad().defined() && (is_head(i) || rates.body != 0);
}

std::vector<torch::Tensor> Optimiser::gradients(const Rates& rates) const {
  std::vector<torch::Tensor> gradients;
  for (size_t i = 0; i < parameters_.size(); ++i)
    if (moves(i, rates)) gradients.push_back(parameters_[i].grad());
  return gradients;
}

std::vector<Optimiser::Alike> Optimiser::alike(const Rates& rates) const {
  std::vector<Alike> groups;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!moves(i, rates)) continue;
    const bool decays = !config_.decay_matrices_only || parameters_[i].dim() > 1;
    const double lr = is_head(i) ? rates.lr : rates.lr * rates.body;
    const double weight_decay = decays ? config_.weight_decay : 0;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Alike& known) { return known.lr == lr && known.weight_decay == weight_decay; });
    if (group == groups.end()) group = groups.insert(group, Alike{lr, weight_decay, {}, {}, {}, {}, {}});
    group->parameters.push_back(parameters_[i]);
    group->gradients.push_back(parameters_[i].grad());
    group->first.push_back(first_moment_[i]);
    if (config_.sgd) continue;
    group->second.push_back(second_moment_[i]);
    group->steps.push_back(steps_[i]);
  }
  return groups;
}

void Optimiser::step(const Rates& rates) {
  torch::NoGradGuard no_grad;
  constexpr double beta2 = 0.999, epsilon = 1e-8;
  for (Alike& group : alike(rates)) {
    if (config_.sgd) {
      const bool heavy = rates.momentum > 0;  // else LibTorch wants no buffers, and Nesterov's step is the plain one
      at::_fused_sgd_(group.parameters, group.gradients, heavy ? group.first : std::vector<torch::Tensor>{},
                      group.weight_decay, rates.momentum, group.lr, 0, heavy, false, false);
    } else {
      at::_foreach_add_(group.steps, 1);
      at::_fused_adamw_(group.parameters, group.gradients, group.first, group.second, {}, group.steps, group.lr,
                        rates.momentum, beta2, group.weight_decay, epsilon, false, false);
    }
  }
}

void clip_gradients(const std::vector<torch::Tensor>& gradients, double greatest) {
  torch::NoGradGuard no_grad;
  if (gradients.empty()) return;
  const auto norm = torch::stack(at::_foreach_norm(gradients)).norm();
  at::_foreach_mul_(gradients, (greatest / (norm + 1e-6)).clamp_max(1.0));
}

void scale_gradients(const std::vector<torch::Tensor>& gradients, double factor) {
  torch::NoGradGuard no_grad;
  if (!gradients.empty()) at::_foreach_mul_(gradients, factor);
}

}  // namespace foldwave::training
