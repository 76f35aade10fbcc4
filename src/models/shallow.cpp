#include "foldwave/models/shallow.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/models/logistic.h"
#include "models/shallow_network.h"

namespace foldwave::models {

void fit_classifier(const torch::Tensor& x, const Rows& rows, double c, torch::Tensor weight, torch::Tensor bias) {
  torch::NoGradGuard no_grad;
  const auto values = x.to(torch::kDouble).contiguous();
  const double* begin = values.data_ptr<double>();
  const auto classes = static_cast<int>(bias.size(0)), features = static_cast<int>(x.size(1));
  const LogisticModel model =
      fit_logistic({begin, begin + values.numel()}, rows.label, features, classes, c, rows.row_weight);
  const auto given = static_cast<int64_t>(model.intercept.size());  // 1 for two classes: the logit of the second
  weight.zero_();
  bias.zero_();
  weight.narrow(0, classes - given, given)
      .copy_(torch::from_blob(const_cast<double*>(model.weight.data()), {given, features}, torch::kDouble));
  bias.narrow(0, classes - given, given)
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
