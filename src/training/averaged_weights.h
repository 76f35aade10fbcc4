// Exponential moving average of a network's weights, as a second network (EMA; short runs start with a shorter memory).
#pragma once

#include <memory>

#include "foldwave/models/models.h"

namespace foldwave::training {

// average += (1 - d) * (network - average) for weights and running statistics, d = min(decay, (1 + step) / (10 + step))
// for step = 1, 2, ...; counters are copied.
void average_weights(models::Network& average, const models::Network& network, double decay, int64_t step);

// All values of one network into another of the same shape.
void copy_weights(models::Network& to, const models::Network& from);

}  // namespace foldwave::training
