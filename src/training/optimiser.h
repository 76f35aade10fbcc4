// AdamW as torch.optim.AdamW with its defaults (Loshchilov and Hutter 2019) or SGD with Nesterov momentum as
// torch.optim.SGD, many parameters in one call.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "training/schedule.h"

namespace foldwave::training {

struct OptimiserConfig {
  bool sgd = false;
  double weight_decay = 0;
  bool decay_matrices_only = false;  // not biases and the scales of normalisations
};

class Optimiser {
 public:
  // The last two parameters are the classifier's weight and bias: the head.
  Optimiser(std::vector<torch::Tensor> parameters, const OptimiserConfig& config);
  void step(const Rates& rates);  // a parameter without a gradient stays as it is
  // The gradients of the parameters that step() will move.
  std::vector<torch::Tensor> gradients(const Rates& rates) const;

  const std::vector<torch::Tensor>& parameters() const { return parameters_; }
  std::vector<torch::Tensor> body() const;
  std::vector<torch::Tensor> head() const;
  // The state that a checkpoint keeps, in the order of the parameters.
  const std::vector<torch::Tensor>& first_moment() const { return first_moment_; }    // SGD's momentum
  const std::vector<torch::Tensor>& second_moment() const { return second_moment_; }  // none with SGD
  // How often AdamW has moved each, for a body that was frozen begins where it thaws; none with SGD.
  const std::vector<torch::Tensor>& steps() const { return steps_; }

 private:
  bool is_head(size_t i) const;
  bool moves(size_t i, const Rates& rates) const;
  // Parameters that are treated alike, as the calls of LibTorch want them.
  struct Alike {
    double lr, weight_decay;
    std::vector<torch::Tensor> parameters, gradients, first, second, steps;
  };
  std::vector<Alike> alike(const Rates& rates) const;

  OptimiserConfig config_;
  std::vector<torch::Tensor> parameters_, first_moment_, second_moment_, steps_;
};

// Scales the gradients so that their norm is at most `greatest`.
void clip_gradients(const std::vector<torch::Tensor>& gradients, double greatest);
void scale_gradients(const std::vector<torch::Tensor>& gradients, double factor);

}  // namespace foldwave::training
