// Several models' probabilities of the same rows -> one: plain, geometric and weighted means.
#pragma once

#include <cstddef>
#include <vector>

namespace foldwave::ensemble {

struct Inputs {
  int classes = 0;
  size_t rows = 0;
  std::vector<std::vector<float>> model;  // of each model: [rows, classes]

  Inputs only(const std::vector<int>& which) const;  // those rows
};

constexpr double smallest_probability = 1e-7;  // before a logarithm: no single model can forbid a class

// How good probabilities are: macro F1, and log loss where that is equal.
struct Quality {
  double macro_f1 = -1, log_loss = 0;

  bool better_than(const Quality& other) const;
};
Quality quality(const std::vector<float>& probability, const std::vector<int>& label, int classes);

std::vector<float> mean(const Inputs& inputs);
// Softmax of the mean log-probability.
std::vector<float> geometric_mean(const Inputs& inputs);
std::vector<float> weighted_mean(const Inputs& inputs, const std::vector<double>& weight);  // weights sum to 1

// Greedy selection with replacement (Caruana et al. 2004): add the model that helps the mean's macro F1 most, the log
// loss deciding between equals, until none helps. How often each was taken, as weights. [models]
std::vector<double> greedy_weights(const Inputs& inputs, const std::vector<int>& label);

}  // namespace foldwave::ensemble
