#include <algorithm>

#include "augment/draws.h"
#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

struct Stretch {
  int begin, end;
};

// A width uniform in [0, max_width], then a place uniform among those where it fits.
Stretch draw_stretch(Random& random, int length, int max_width) {
  const int width = static_cast<int>(random.below(static_cast<uint64_t>(std::min(max_width, length)) + 1));
  const int begin = static_cast<int>(random.below(static_cast<uint64_t>(length - width) + 1));
  return {begin, begin + width};
}

}  // namespace

void mask_spectrogram(std::span<float> mel, int n_mels, const AugmentConfig& config, RandomKey key) {
  if (!config.masks() || draws(key, draw::apply).uniform() >= config.mask_probability) return;
  const int frames = static_cast<int>(mel.size()) / n_mels;
  Random time = draws(key, draw::time_mask), frequency = draws(key, draw::frequency_mask);
  for (int mask = 0; mask < config.time_masks; ++mask) {
    const auto [begin, end] = draw_stretch(time, frames, config.time_mask_frames);
    std::fill(mel.begin() + static_cast<std::ptrdiff_t>(begin) * n_mels,
              mel.begin() + static_cast<std::ptrdiff_t>(end) * n_mels, 0.0F);
  }
  for (int mask = 0; mask < config.frequency_masks; ++mask) {
    const auto [begin, end] = draw_stretch(frequency, n_mels, config.frequency_mask_mels);
    for (auto frame = mel.begin(); frame != mel.end(); frame += n_mels) std::fill(frame + begin, frame + end, 0.0F);
  }
}

}  // namespace foldwave::augment
