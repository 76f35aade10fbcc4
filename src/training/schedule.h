// Learning rate and momentum of a step, a pure function of its number.
#pragma once

#include <cstdint>

#include "foldwave/training/training.h"

namespace foldwave::training {

struct Rates {
  double lr = 0;
  double momentum = 0.9;  // SGD's, or AdamW's decay of the first moment
  double body = 1;        // all but the classifier learns at this share of lr; 0: not at all
};
Rates rates_at(const TrainConfig& config, int64_t step, int64_t total_steps);  // step: 0 .. total_steps - 1

}  // namespace foldwave::training
