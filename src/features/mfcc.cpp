#include <cmath>
#include <numbers>

#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

// [n_mels, n_mfcc]: the orthonormal DCT-II, each coefficient weighted by the lifter as librosa.feature.mfcc does.
std::vector<float> cosine_basis(int n_mels, int n_mfcc, double lifter) {
  using std::numbers::pi;
  std::vector<float> basis(static_cast<size_t>(n_mels) * static_cast<size_t>(n_mfcc));
  for (int k = 0; k < n_mfcc; ++k) {
    const double norm = std::sqrt((k == 0 ? 1.0 : 2.0) / n_mels);
    const double lift = lifter > 0 ? 1 + lifter / 2 * std::sin(pi * (k + 1) / lifter) : 1;
    for (int m = 0; m < n_mels; ++m) {
      const double value = norm * lift * std::cos(pi * k * (m + 0.5) / n_mels);
      basis[static_cast<size_t>(m) * static_cast<size_t>(n_mfcc) + static_cast<size_t>(k)] = static_cast<float>(value);
    }
  }
  return basis;
}

}  // namespace

Mfcc mfcc(const MelSpectrogram& mel, const FeatureConfig& config) {
  const std::vector<float> db = power_to_db(mel.power, 1, config.top_db);
  const std::vector<float> basis = cosine_basis(mel.n_mels, config.n_mfcc, config.lifter);
  const auto n_mels = static_cast<size_t>(mel.n_mels), n_mfcc = static_cast<size_t>(config.n_mfcc);
  const auto frames = static_cast<size_t>(mel.frames);
  Mfcc result{mel.frames, config.n_mfcc, std::vector<float>(frames * n_mfcc)};
  for (size_t t = 0; t < frames; ++t) {
    float* out = result.values.data() + t * n_mfcc;
    for (size_t m = 0; m < n_mels; ++m) {
      const float value = db[t * n_mels + m];
      const float* row = basis.data() + m * n_mfcc;
      for (size_t k = 0; k < n_mfcc; ++k) out[k] += value * row[k];
    }
  }
  return result;
}

}  // namespace foldwave::features
