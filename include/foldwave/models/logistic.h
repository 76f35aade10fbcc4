// Multinomial logistic regression as scikit-learn's LogisticRegression (lbfgs): C * sum of losses + half the squared
// weights, intercept free; two classes: the binomial one. For rooms without LibTorch.
#pragma once

#include <vector>

namespace foldwave::models {

struct LogisticModel {
  int features = 0, classes = 0;
  std::vector<double> weight;     // [classes, features] (one row for two classes)
  std::vector<double> intercept;  // [classes] (one for two classes)
};

// x: [n, features]; row_weight: [n], what each row's loss counts, or empty for 1. A class without rows gets probability
// 0. InputError where the sizes or labels do not fit, Stopped where the stop flag is raised meanwhile.
LogisticModel fit_logistic(const std::vector<double>& x, const std::vector<int>& label, int features, int classes,
                           double c, const std::vector<double>& row_weight = {});
std::vector<double> predict_probability(const LogisticModel& model, const std::vector<double>& x);  // [n, classes]

}  // namespace foldwave::models
