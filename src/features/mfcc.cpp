#include <algorithm>
#include <cmath>
#include <numbers>

#include "features/cepstrum.h"
#include "foldwave/core/for_each_cpu.h"
#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

constexpr size_t kLanes = 16;

FOLDWAVE_FOR_EACH_CPU void add_rows(const float* __restrict values, size_t rows, const float* __restrict basis,
                                    size_t stride, float* __restrict out) {
  for (size_t k = 0; k < stride; k += kLanes) {
    float sums[kLanes] = {};
    for (size_t m = 0; m < rows; ++m) {
      const float value = values[m];
      const float* __restrict row = basis + m * stride + k;
      for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += value * row[lane];
    }
    for (size_t lane = 0; lane < kLanes; ++lane) out[k + lane] = sums[lane];
  }
}

}  // namespace

// Each coefficient is weighted by the lifter as librosa.feature.mfcc does.
Cepstrum::Cepstrum(const FeatureConfig& config)
    : n_mels_(static_cast<size_t>(config.n_mels)),
      n_mfcc_(static_cast<size_t>(config.n_mfcc)),
      stride_((n_mfcc_ + kLanes - 1) / kLanes * kLanes),
      basis_(n_mels_ * stride_) {
  using std::numbers::pi;
  for (int k = 0; k < config.n_mfcc; ++k) {
    const double norm = std::sqrt((k == 0 ? 1.0 : 2.0) / config.n_mels);
    const double lift = config.lifter > 0 ? 1 + config.lifter / 2 * std::sin(pi * (k + 1) / config.lifter) : 1;
    for (int m = 0; m < config.n_mels; ++m) {
      const double value = norm * lift * std::cos(pi * k * (m + 0.5) / config.n_mels);
      basis_[static_cast<size_t>(m) * stride_ + static_cast<size_t>(k)] = static_cast<float>(value);
    }
  }
}

void Cepstrum::operator()(std::span<const float> db, Mfcc& mfcc) const {
  const size_t frames = db.size() / n_mels_;
  mfcc.frames = static_cast<int>(frames);
  mfcc.n_mfcc = static_cast<int>(n_mfcc_);
  mfcc.values.resize(frames * n_mfcc_);
  std::vector<float> row(stride_);
  for (size_t t = 0; t < frames; ++t) {
    add_rows(db.data() + t * n_mels_, n_mels_, basis_.data(), stride_, row.data());
    std::copy_n(row.begin(), n_mfcc_, mfcc.values.begin() + static_cast<std::ptrdiff_t>(t * n_mfcc_));
  }
}

Mfcc mfcc(const MelSpectrogram& mel, const FeatureConfig& config) {
  Mfcc result;
  Cepstrum{config}(power_to_db(mel.power, 1, config.top_db), result);
  return result;
}

}  // namespace foldwave::features
