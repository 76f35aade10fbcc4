#include "training/finite.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace foldwave::training {

bool verify_where_not_finite(const std::vector<float>& probability, const store::FeatureStore& store,
                             const std::vector<int>& tracks) {
  bool found = false;
  const size_t classes = probability.size() / std::max<size_t>(1, tracks.size());
  for (size_t song = 0; song < tracks.size(); ++song) {
    const auto row = probability.begin() + static_cast<std::ptrdiff_t>(song * classes);
    const auto is_finite = [](float p) { return std::isfinite(p); };
    if (std::all_of(row, row + static_cast<std::ptrdiff_t>(classes), is_finite)) continue;
    store.verify(tracks[song]);
    found = true;
  }
  return found;
}

}  // namespace foldwave::training
