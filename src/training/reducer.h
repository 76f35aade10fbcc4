// Sums gradients over the ranks of a group while the backward pass is still going on. Gradients are copied into flat
// buckets as they come, and stay there as views; a bucket's sum starts once it is full. (Li et al. 2020, PyTorch DDP.)
#pragma once

#include <torch/torch.h>

#include <memory>
#include <span>
#include <vector>

#include "training/step_sums.h"

namespace foldwave::training {

// Which parameters lie in which bucket: those that the backward pass reaches first come first. The first bucket is
// small, so that talking begins early; the others are large, so that few messages are sent. A function of the model
// alone.
std::vector<std::vector<size_t>> bucket_layout(const std::vector<torch::Tensor>& parameters);

class Reducer {
 public:
  // tail: floats that travel behind the last bucket. The graph must reach the same parameters on all ranks.
  Reducer(std::vector<torch::Tensor> parameters, StepSums& sums, size_t tail);
  ~Reducer();
  Reducer(const Reducer&) = delete;
  Reducer& operator=(const Reducer&) = delete;

  void begin_step();                   // forgets the gradients of the step before
  void hold(bool on);                  // while it is on, gradients only add up: more backward passes come
  void finish(std::span<float> tail);  // after backward: every gradient is the group's sum, and so is the tail
  // Instead of finish(), where this rank cannot go on: takes part in what is left of the step with zeros and this tail.
  void abandon(std::span<float> tail);

 private:
  struct Bucket {
    torch::Tensor flat;
    std::vector<size_t> parameters;
    std::vector<torch::Tensor> views;  // shaped and strided as the parameters
    size_t missing = 0;                // gradients that have not come yet
  };
  struct Place {
    size_t bucket = 0, position = 0;
  };

  torch::Tensor room_for(int64_t floats) const;
  void add_buckets(std::vector<std::vector<size_t>> layout);
  void add_bucket(std::vector<size_t> parameters, const torch::Tensor& room, int64_t begin, int64_t extra);
  void gradient_is_there(size_t parameter);
  void start_full_buckets();
  void start(Bucket& bucket);
  void sum_last(std::span<float> tail);

  std::vector<torch::Tensor> parameters_;
  StepSums& sums_;
  size_t tail_;
  std::vector<Bucket> buckets_;
  std::vector<Place> place_;        // [parameters]
  std::vector<char> has_gradient_;  // [parameters]
  size_t started_ = 0;              // buckets
  bool held_ = false;
};

}  // namespace foldwave::training
