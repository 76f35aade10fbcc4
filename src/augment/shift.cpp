#include <algorithm>
#include <cmath>

#include "augment/draws.h"
#include "foldwave/augment/augment.h"

namespace foldwave::augment {

// Of the crop, not of where it is cut: drawing its place along the track is that already.
void shift_spectrogram(std::span<float> mel, int n_mels, float floor_db, const AugmentConfig& config, RandomKey key) {
  Random random = draws(key, draw::shift);
  if (!applies(random, config.shift_probability)) return;
  const auto frames = static_cast<std::ptrdiff_t>(mel.size()) / n_mels;
  const double share = random.uniform(config.shift_min_share, config.shift_max_share);
  const auto later = static_cast<std::ptrdiff_t>(std::nearbyint(share * static_cast<double>(frames)));
  const std::ptrdiff_t seam = ((later % frames + frames) % frames) * n_mels;  // what was the first frame
  std::rotate(mel.begin(), mel.end() - seam, mel.end());
  if (config.shift_rollover) return;
  if (later >= 0)
    std::fill(mel.begin(), mel.begin() + std::min(later, frames) * n_mels, floor_db);
  else
    std::fill(mel.end() + std::max(later, -frames) * n_mels, mel.end(), floor_db);
}

}  // namespace foldwave::augment
