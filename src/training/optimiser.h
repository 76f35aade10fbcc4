// AdamW as torch.optim.AdamW with its defaults (Loshchilov and Hutter 2019), all parameters in one call.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "training/schedule.h"

namespace foldwave::training {

class AdamW {
 public:
  AdamW(std::vector<torch::Tensor> parameters, double weight_decay);
  void step(const Rates& rates);  // a parameter without a gradient stays as it is

  const std::vector<torch::Tensor>& parameters() const { return parameters_; }
  // The state that a checkpoint keeps, in the order of the parameters.
  const std::vector<torch::Tensor>& first_moment() const { return first_moment_; }
  const std::vector<torch::Tensor>& second_moment() const { return second_moment_; }
  int64_t steps() const { return steps_; }
  void set_steps(int64_t steps) { steps_ = steps; }

 private:
  std::vector<torch::Tensor> parameters_, first_moment_, second_moment_;
  double weight_decay_;
  int64_t steps_ = 0;
};

// Scales the gradients so that their norm is at most `greatest`.
void clip_gradients(const std::vector<torch::Tensor>& parameters, double greatest);

}  // namespace foldwave::training
