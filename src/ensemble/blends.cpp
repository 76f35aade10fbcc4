#include "ensemble/blends.h"

#include <algorithm>
#include <cmath>

#include "foldwave/catalog/predictions.h"

namespace foldwave::ensemble {
namespace {

constexpr int most_rounds = 50;

}  // namespace

bool Quality::better_than(const Quality& other) const {
  if (macro_f1 != other.macro_f1) return macro_f1 > other.macro_f1;
  return log_loss < other.log_loss - 1e-9;
}

Quality quality(const std::vector<float>& probability, const std::vector<int>& label, int classes) {
  Quality result{.macro_f1 = catalog::macro_f1(label, catalog::most_likely(probability, classes), classes)};
  for (size_t row = 0; row < label.size(); ++row)
    result.log_loss -= std::log(std::max<double>(probability[row * classes + label[row]], smallest_probability)) /
                       static_cast<double>(label.size());
  return result;
}

Inputs Inputs::only(const std::vector<int>& which) const {
  Inputs part{.classes = classes, .rows = which.size(), .model = {}};
  for (const std::vector<float>& whole : model) {
    std::vector<float>& chosen = part.model.emplace_back();
    chosen.reserve(which.size() * classes);
    for (const int row : which)
      chosen.insert(chosen.end(), whole.begin() + static_cast<int64_t>(row) * classes,
                    whole.begin() + (static_cast<int64_t>(row) + 1) * classes);
  }
  return part;
}

std::vector<float> mean(const Inputs& inputs) {
  return weighted_mean(inputs,
                       std::vector<double>(inputs.model.size(), 1.0 / static_cast<double>(inputs.model.size())));
}

std::vector<float> geometric_mean(const Inputs& inputs) {
  std::vector<float> blended(inputs.rows * inputs.classes);
  std::vector<double> product(inputs.classes);
  for (size_t row = 0; row < inputs.rows; ++row) {
    std::fill(product.begin(), product.end(), 0);
    for (const std::vector<float>& probability : inputs.model)
      for (int k = 0; k < inputs.classes; ++k)
        product[k] += std::log(std::max<double>(probability[row * inputs.classes + k], smallest_probability));
    double sum = 0;
    for (double& value : product) sum += value = std::exp(value / static_cast<double>(inputs.model.size()));
    for (int k = 0; k < inputs.classes; ++k) blended[row * inputs.classes + k] = static_cast<float>(product[k] / sum);
  }
  return blended;
}

std::vector<float> weighted_mean(const Inputs& inputs, const std::vector<double>& weight) {
  std::vector<float> blended(inputs.rows * inputs.classes);
  for (size_t i = 0; i < blended.size(); ++i) {
    double sum = 0;
    for (size_t m = 0; m < weight.size(); ++m) sum += weight[m] * inputs.model[m][i];
    blended[i] = static_cast<float>(sum);
  }
  return blended;
}

std::vector<double> greedy_weights(const Inputs& inputs, const std::vector<int>& label) {
  const size_t models = inputs.model.size();
  std::vector<int> taken(models, 0);
  std::vector<float> sum(inputs.rows * inputs.classes, 0), trial(sum.size());
  Quality reached;
  for (int round = 1; round <= most_rounds; ++round) {
    Quality best = reached;
    size_t helpful = models;
    for (size_t m = 0; m < models; ++m) {
      for (size_t i = 0; i < sum.size(); ++i) trial[i] = (sum[i] + inputs.model[m][i]) / static_cast<float>(round);
      const Quality candidate = quality(trial, label, inputs.classes);
      if (candidate.better_than(best)) best = candidate, helpful = m;
    }
    if (helpful == models) break;
    reached = best;
    ++taken[helpful];
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += inputs.model[helpful][i];
  }
  int rounds = 0;
  for (const int times : taken) rounds += times;
  std::vector<double> weight;
  for (const int times : taken) weight.push_back(static_cast<double>(times) / rounds);
  return weight;
}

}  // namespace foldwave::ensemble
