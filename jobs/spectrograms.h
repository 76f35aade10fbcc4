// What explore and the report show of a track of the feature store.
#pragma once

#include <string>

#include "foldwave/report/explore.h"
#include "foldwave/store/store.h"

namespace foldwave::jobs {

report::Spectrogram read_spectrogram(const store::FeatureStore& store, int track, const std::string& genre);

}  // namespace foldwave::jobs
