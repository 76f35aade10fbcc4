#include "training/averaged_weights.h"

#include <algorithm>

namespace foldwave::training {

void average_weights(models::Network& average, const models::Network& network, double decay, int64_t step) {
  torch::NoGradGuard no_grad;
  const double kept = std::min(decay, (1.0 + static_cast<double>(step)) / (10.0 + static_cast<double>(step)));
  const auto to = models::state_dict(average), from = models::state_dict(network);
  std::vector<torch::Tensor> means, values;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i].second.is_floating_point()) {
      means.push_back(to[i].second);
      values.push_back(from[i].second);
    } else {
      to[i].second.copy_(from[i].second);
    }
  }
  at::_foreach_lerp_(means, values, 1 - kept);
}

void copy_weights(models::Network& to, const models::Network& from) {
  torch::NoGradGuard no_grad;
  const auto target = models::state_dict(to), source = models::state_dict(from);
  for (size_t i = 0; i < target.size(); ++i) target[i].second.copy_(source[i].second);
}

}  // namespace foldwave::training
