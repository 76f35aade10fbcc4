// fit_logistic() on rows that lie in a tensor, of which one copy is made: in double precision, in other coordinates.
#pragma once

#include <torch/torch.h>

#include "foldwave/models/logistic.h"

namespace foldwave::models {

constexpr int64_t rows_at_once = 4096;  // that are looked at together, beside what is kept of all

// x: [n, features] of any floating type.
LogisticModel fit_rows(const torch::Tensor& x, const std::vector<int>& label, int classes, double c,
                       const std::vector<double>& row_weight);

}  // namespace foldwave::models
