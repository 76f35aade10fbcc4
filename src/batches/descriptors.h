// The descriptors that the rich summary is made of, and the columns of each.
#pragma once

#include <vector>

#include "foldwave/batches/batches.h"

namespace foldwave::batches {

void require_rich_summary(const store::FeatureStore& store);  // InputError where there is none

// [input_columns] 1 / sqrt(columns of the same descriptor).
std::vector<float> descriptor_weights(const store::FeatureStore& store, const InputConfig& input);

}  // namespace foldwave::batches
