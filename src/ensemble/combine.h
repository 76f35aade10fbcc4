// Models' probabilities -> one, by a method that has learned all it needs.
#pragma once

#include <vector>

#include "ensemble/blends.h"
#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

std::vector<float> combined(const Combination& how, const Inputs& inputs);  // [rows, classes]

}  // namespace foldwave::ensemble
