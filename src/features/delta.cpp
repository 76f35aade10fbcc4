#include "features/delta.h"

#include <algorithm>

namespace foldwave::features {
namespace {

constexpr int kReach = 4;            // frames on either side
constexpr float kSumOfSquares = 60;  // of -4 .. 4

}  // namespace

void delta(const Mfcc& mfcc, std::vector<float>& slopes) {
  const int frames = mfcc.frames;
  const auto columns = static_cast<size_t>(mfcc.n_mfcc);
  const auto row = [&](int frame) {
    return mfcc.values.data() + static_cast<size_t>(std::clamp(frame, 0, frames - 1)) * columns;
  };
  slopes.assign(mfcc.values.size(), 0);
  for (int t = 0; t < frames; ++t) {
    const int centre = frames > 2 * kReach ? std::clamp(t, kReach, frames - 1 - kReach) : t;
    float* out = slopes.data() + static_cast<size_t>(t) * columns;
    for (int i = 1; i <= kReach; ++i) {
      const float *ahead = row(centre + i), *behind = row(centre - i);
      const float weight = static_cast<float>(i) / kSumOfSquares;
      for (size_t k = 0; k < columns; ++k) out[k] += weight * (ahead[k] - behind[k]);
    }
  }
}

}  // namespace foldwave::features
