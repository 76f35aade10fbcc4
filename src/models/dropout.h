// Dropout and stochastic depth whose masks are drawn by sample, so that they are the same however a batch is spread
// over ranks.
#pragma once

#include <torch/torch.h>

#include <span>

#include "foldwave/core/random.h"

namespace foldwave::models {

struct Drop {
  double probability = 0;
  int layer = 0;  // 0 to 63: tells the masks of one network apart; in a backbone 0 is the classifier's, 1 + i block i's
};

// Units of x [n, width], keys [n]; the rest is scaled to keep the mean.
torch::Tensor dropout_by_sample(const torch::Tensor& x, const Drop& drop, std::span<const RandomKey> keys);
// Whole samples of x [n, ...]: the residual branch of a block. timm's DropPath.
torch::Tensor drop_path_by_sample(const torch::Tensor& x, const Drop& drop, std::span<const RandomKey> keys);

}  // namespace foldwave::models
