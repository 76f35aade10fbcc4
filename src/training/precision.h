// In what arithmetic a network runs: float32, or bfloat16 for products and convolutions (autocast) where that is
// faster.
#pragma once

#include <torch/torch.h>

#include <string>

#include "foldwave/models/models.h"
#include "foldwave/training/training.h"

namespace foldwave::training {

enum class Precision { fp32, bf16 };

// `wanted` is train.precision. auto: bf16 for networks on spectrograms that gain by it, of which there are more where
// they only predict (models/backbones.h); on CPUs without AVX512-BF16 and AMX, which emulate bf16, fp32.
Precision choose_precision(const std::string& wanted, const std::string& model, const torch::Device& device, Work work);

std::string name_of(Precision precision);  // as train.precision spells it

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
