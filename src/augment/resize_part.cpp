#include <algorithm>
#include <cmath>

#include "augment/draws.h"
#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

struct Part {
  int begin, length;
};

Part draw_part(Random& random, int length, double min_share, double max_share) {
  const double share = random.uniform(min_share, max_share);
  const int part = std::clamp(static_cast<int>(std::nearbyint(share * length)), 1, length);
  return {static_cast<int>(random.below(static_cast<uint64_t>(length - part) + 1)), part};
}

// Between which two cells of a part the centre of cell i of `length` lies.
struct Place {
  size_t before, after;
  float share;  // of `after`
};

Place place_in(const Part& part, int i, int length) {
  const float place =
      (static_cast<float>(i) + 0.5F) * static_cast<float>(part.length) / static_cast<float>(length) - 0.5F;
  const float inside = std::clamp(place, 0.0F, static_cast<float>(part.length - 1));
  const int before = static_cast<int>(inside), after = std::min(before + 1, part.length - 1);
  return {static_cast<size_t>(part.begin + before), static_cast<size_t>(part.begin + after),
          inside - static_cast<float>(before)};
}

}  // namespace

void resize_part(std::vector<float>& mel, int n_mels, const AugmentConfig& config, RandomKey key,
                 std::vector<float>& scratch) {
  Random random = draws(key, draw::resize);
  if (!applies(random, config.resize_probability)) return;
  const int frames = static_cast<int>(mel.size()) / n_mels;
  const Part in_time = draw_part(random, frames, config.resize_min_frames, config.resize_max_frames);
  const Part in_mels = draw_part(random, n_mels, config.resize_min_mels, config.resize_max_mels);
  scratch.resize(mel.size());
  const auto bins = static_cast<size_t>(n_mels);
  // Along the frames first, then along the bins of each.
  for (int frame = 0; frame < frames; ++frame) {
    const Place place = place_in(in_time, frame, frames);
    const float *before = &mel[place.before * bins], *after = &mel[place.after * bins];
    float* out = &scratch[static_cast<size_t>(frame) * bins];
    for (size_t bin = 0; bin < bins; ++bin) out[bin] = before[bin] + place.share * (after[bin] - before[bin]);
  }
  for (int bin = 0; bin < n_mels; ++bin) {
    const Place place = place_in(in_mels, bin, n_mels);
    for (size_t row = 0; row < mel.size(); row += bins) {
      const float before = scratch[row + place.before], after = scratch[row + place.after];
      mel[row + static_cast<size_t>(bin)] = before + place.share * (after - before);
    }
  }
}

}  // namespace foldwave::augment
