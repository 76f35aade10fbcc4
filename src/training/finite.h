// Numbers that are none, and whose fault they are.
#pragma once

#include <vector>

#include "foldwave/store/store.h"

namespace foldwave::training {

// Whether some of the probabilities [songs, classes] are not finite. The songs they are of are verified: SystemError
// names the damaged file, for then no network is to blame.
bool verify_where_not_finite(const std::vector<float>& probability, const store::FeatureStore& store,
                             const std::vector<int>& tracks);

}  // namespace foldwave::training
