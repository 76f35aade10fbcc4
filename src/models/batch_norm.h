// Batch normalisation over the images of this rank or, once it was given a sum, over those of the whole group
// (SyncBatchNorm).
#pragma once

#include <torch/torch.h>

#include "foldwave/models/models.h"

namespace foldwave::models {

class BatchNorm2d : public torch::nn::Module {
 public:
  explicit BatchNorm2d(int channels, double epsilon = 1e-5);
  torch::Tensor forward(const torch::Tensor& x);
  void synchronise(SumOverGroup sum) { sum_ = std::move(sum); }

  torch::Tensor weight, bias;                                    // [channels]
  torch::Tensor running_mean, running_var, num_batches_tracked;  // [channels], [channels], [] int64

 private:
  double epsilon_;
  SumOverGroup sum_;  // empty: this rank alone
};

}  // namespace foldwave::models
