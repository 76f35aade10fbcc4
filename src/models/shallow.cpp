#include "foldwave/models/shallow.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "models/fit_rows.h"
#include "models/shallow_network.h"

namespace foldwave::models {

void fit_classifier(const torch::Tensor& x, const Rows& rows, double c, torch::Tensor weight, torch::Tensor bias) {
  torch::NoGradGuard no_grad;
  const LogisticModel model = fit_rows(x, rows.label, static_cast<int>(bias.size(0)), c, rows.row_weight);
  const auto given = static_cast<int64_t>(model.intercept.size());  // 1 for two classes: the logit of the second
  weight.zero_();
  bias.zero_();
  weight.narrow(0, bias.size(0) - given, given)
      .copy_(torch::from_blob(const_cast<double*>(model.weight.data()), {given, x.size(1)}, torch::kDouble));
  bias.narrow(0, bias.size(0) - given, given)
      .copy_(torch::from_blob(const_cast<double*>(model.intercept.data()), {given}, torch::kDouble));
}

std::shared_ptr<Network> fit_shallow(ModelConfig& config, const Rows& rows, uint32_t seed) {
  if (rows.label.empty()) throw InputError(config.name + ": there is no row to be fitted to");
  config.landmarks = static_cast<int>(std::min(static_cast<size_t>(config.landmarks), rows.label.size()));
  auto network = std::dynamic_pointer_cast<ShallowNetwork>(make_network(config, seed));
  network->fit(rows, config.c, seed);
  network->eval();
  return network;
}

}  // namespace foldwave::models
