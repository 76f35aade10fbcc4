// One step of data-parallel training: this rank's slice of the batch forward and back, gradients summed over the group,
// the optimiser.
#pragma once

#include <torch/torch.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "foldwave/batches/batches.h"
#include "foldwave/models/models.h"
#include "foldwave/training/training.h"
#include "training/metrics.h"
#include "training/optimiser.h"
#include "training/precision.h"
#include "training/reducer.h"

namespace foldwave::training {

struct StepConfig {
  int classes = 2;
  double label_smoothing = 0, gradient_clip = 0;
  std::vector<float> class_weight;  // [classes] as the weight of torch's cross_entropy; empty: none
  OptimiserConfig optimiser;
  int accumulate = 1;  // parts that a step goes through the network in
  bool sync_batchnorm = true;
  Precision precision = Precision::fp32;
  torch::Device device = torch::kCPU;
  std::vector<int64_t> sample_shape;  // [channels, n_mels, frames] or [summary_width]
};

// Of no more parts than a step has songs. Without the weights of classes, which the training songs decide.
StepConfig step_config(const TrainConfig& config, int classes, Precision precision, const torch::Device& device,
                       std::vector<int64_t> sample_shape);

struct StepOutcome {
  Tally tally;        // of the whole group's songs, before the weights changed
  bool stop = false;  // StopFlag was raised on some rank: all see it after the same step
  // What went wrong on this rank when its weights were to change. The others do not know of it: it belongs into the
  // next step, or whatever the group does together next.
  std::exception_ptr failure = nullptr;
};

class TrainingStep {
 public:
  // Prepares the network: device, memory layout, batch normalisation over the group. Where that is to stay each rank's
  // own, all go on with the running statistics of rank 0 after every step. Talks to nobody.
  TrainingStep(std::shared_ptr<models::Network> network, comm::Communicator& communicator, StepConfig config);

  // Collective. `next_batch` makes this rank's slice of a step of `songs` songs over the group. Whatever goes wrong on
  // a rank, here or before (`failure`), all ranks come out: that one with its exception, the others with SystemError. A
  // loss that is not finite comes out on all ranks, with the weights untouched.
  StepOutcome operator()(const std::function<const batches::Batch&()>& next_batch, int songs, const Rates& rates,
                         std::exception_ptr failure = nullptr);

  Optimiser& optimiser() { return optimiser_; }

 private:
  // The backward pass ends at the classifier, or goes through all. Collective where that changes.
  void let_body_learn(bool learns);
  void learn_sums();
  void hand_out_statistics(std::span<float> tail) const;
  void take_statistics(std::span<const float> tail);
  void update(std::span<const float> tail, int songs, const Rates& rates);
  // What this rank's slice adds to the loss's sum of weights comes with the tally.
  struct Passed {
    Tally tally;
    double weight = 0;
  };
  Passed forward_backward(const batches::Batch& batch, int songs);
  double weight_of(const batches::Batch& batch, size_t begin, size_t end) const;
  Passed pass(const torch::Tensor& x, const batches::Batch& batch, size_t begin, size_t end, int songs);

  std::shared_ptr<models::Network> network_;
  StepConfig config_;
  std::optional<torch::Tensor> class_weight_;  // [classes]
  StepSums sums_;
  std::vector<torch::Tensor> own_statistics_;  // running means and variances that ranks do not make together
  size_t tail_size_;
  Optimiser optimiser_;
  bool body_learns_ = true;
  std::optional<Reducer> reducer_;  // of the parameters that learn
};

}  // namespace foldwave::training
