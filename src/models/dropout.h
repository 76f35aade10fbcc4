// Dropout whose masks are drawn by sample, so that they are the same however a batch is spread over ranks.
#pragma once

#include <torch/torch.h>

#include <span>

#include "foldwave/core/random.h"

namespace foldwave::models {

// x: [n, width], keys: [n]; `layer` tells the dropouts of one network apart.
torch::Tensor dropout_by_sample(const torch::Tensor& x, double probability, int layer, std::span<const RandomKey> keys);

}  // namespace foldwave::models
