// Learning rate and momentum of a step, a pure function of its number.
#pragma once

#include <cstdint>

#include "foldwave/training/training.h"

namespace foldwave::training {

struct Rates {
  double lr = 0;
  double beta1 = 0.9;  // AdamW's decay of the first moment
};
Rates rates_at(const TrainConfig& config, int64_t step, int64_t total_steps);  // step: 0 .. total_steps - 1

}  // namespace foldwave::training
