// Whether a feature configuration makes sense at all.
#pragma once

#include <functional>
#include <string>

#include "foldwave/features/features.h"

namespace foldwave::features {

// `where` says where a field ("fmax") was given: the beginning of the InputError.
void check(const FeatureConfig& config, const std::function<std::string(const std::string& field)>& where);

// The same configuration, once it makes sense; fields are named alone.
const FeatureConfig& checked(const FeatureConfig& config);

// Hz; resolves fmax = 0.
double upper_frequency(const FeatureConfig& config);

}  // namespace foldwave::features
