// A network whose weights come from a fit on all rows, not from steps.
#pragma once

#include "foldwave/models/models.h"
#include "foldwave/models/shallow.h"

namespace foldwave::models {

class ShallowNetwork : public Network {
 public:
  virtual void fit(const Rows& rows, double c, uint32_t seed) = 0;
};

// x: [n, features] of any floating type; the model's coefficients into `weight` [classes, features] and `bias`
// [classes], of logits whose softmax are its probabilities, for two classes too.
void fit_classifier(const torch::Tensor& x, const Rows& rows, double c, torch::Tensor weight, torch::Tensor bias);

}  // namespace foldwave::models
