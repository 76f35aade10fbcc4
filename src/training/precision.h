// In what arithmetic a network runs: float32, or bfloat16 for products and convolutions (autocast) where that is
// faster.
#pragma once

#include <torch/torch.h>

#include <string>

#include "foldwave/models/models.h"

namespace foldwave::training {

enum class Precision { fp32, bf16 };

// `wanted` is train.precision. auto: bf16 for convolutions on a GPU or a CPU with AVX512-BF16 or AMX, where it trains
// resnet18 5 times as fast as fp32; elsewhere bf16 is emulated and slow, and nets on summaries are too small to gain.
Precision choose_precision(const std::string& wanted, const std::string& model, const torch::Device& device);

// Autocast while it lives, and its cache of cast weights.
class Autocast {
 public:
  Autocast(Precision precision, const torch::Device& device);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  at::DeviceType type_;
  bool was_enabled_;
  at::ScalarType old_type_;
};

}  // namespace foldwave::training
