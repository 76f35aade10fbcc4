// What a shard says of itself in attributes: which rows of which plan it holds, and by which parameters it was made.
#pragma once

#include "foldwave/features/features.h"
#include "foldwave/formats/hdf5.h"
#include "foldwave/store/store.h"

namespace foldwave::store {

void write_attributes(formats::Hdf5File& file, const StorePlan& plan, const features::FeatureConfig& config, int shard);
void write_columns(formats::Hdf5File& file, const features::FeatureConfig& config);  // of both summaries
bool belongs_to(const formats::Hdf5File& file, const StorePlan& plan, int shard);

}  // namespace foldwave::store
