#include "training/schedule.h"

#include <cmath>
#include <numbers>

namespace foldwave::training {
namespace {

double cosine_from(double start, double end, double share) {
  return end + (start - end) / 2 * (1 + std::cos(std::numbers::pi * share));
}

// torch.optim.lr_scheduler.OneCycleLR with its defaults: pct_start=0.3, cos, base_momentum=0.85, max_momentum=0.95,
// div_factor=25, final_div_factor=1e4, two phases.
Rates one_cycle(double max_lr, double step, double total) {
  constexpr double low_momentum = 0.85, high_momentum = 0.95;
  const double first = max_lr / 25, last = first / 1e4;
  const double top = 0.3 * total - 1, end = total - 1;
  if (step <= top) {
    const double share = step / top;
    return {cosine_from(first, max_lr, share), cosine_from(high_momentum, low_momentum, share)};
  }
  const double share = (step - top) / (end - top);
  return {cosine_from(max_lr, last, share), cosine_from(low_momentum, high_momentum, share)};
}

double cosine(double max_lr, double warm_up_share, double step, double total) {
  const double warm_up = std::max(1.0, std::round(warm_up_share * total));
  if (step < warm_up) return max_lr * (step + 1) / warm_up;
  return cosine_from(max_lr, 0, (step - warm_up) / (total - warm_up));
}

Rates course(const TrainConfig& config, double step, double total) {
  if (config.schedule == "one_cycle") return one_cycle(config.lr, step, total);
  Rates rates{config.lr};
  if (config.schedule == "cosine") rates.lr = cosine(config.lr, config.warm_up, step, total);
  if (config.optimiser == "sgd") rates.momentum = config.momentum;
  return rates;
}

}  // namespace

Rates rates_at(const TrainConfig& config, int64_t step, int64_t total_steps) {
  Rates rates = course(config, static_cast<double>(step), static_cast<double>(total_steps));
  const bool head_alone = step * config.epochs < total_steps * config.head_epochs;
  rates.body = head_alone ? 0 : config.body_lr;
  return rates;
}

}  // namespace foldwave::training
