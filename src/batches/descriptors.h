// The descriptors that the rich summary is made of, and the columns of each.
#pragma once

#include <string>
#include <vector>

#include "foldwave/batches/batches.h"

namespace foldwave::batches {

// Of the rich summary or the block features; InputError where the store has none.
std::vector<std::string> column_names(const store::FeatureStore& store, InputKind kind);
int all_columns(const store::FeatureStore& store, InputKind kind);  // before any are picked
void require_rich_summary(const store::FeatureStore& store);        // InputError where there is none

// [input_columns] 1 / sqrt(columns of the same descriptor).
std::vector<float> descriptor_weights(const store::FeatureStore& store, const InputConfig& input);

}  // namespace foldwave::batches
