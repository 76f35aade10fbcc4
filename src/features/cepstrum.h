// From decibels over mel bins to cepstral coefficients: the orthonormal DCT-II of librosa.feature.mfcc.
#pragma once

#include <span>
#include <vector>

#include "foldwave/features/features.h"

namespace foldwave::features {

class Cepstrum {
 public:
  explicit Cepstrum(const FeatureConfig& config);
  // db: [frames, n_mels], floored already.
  void operator()(std::span<const float> db, Mfcc& mfcc) const;

 private:
  size_t n_mels_, n_mfcc_, stride_;
  std::vector<float> basis_;  // [n_mels, stride]: n_mfcc, and zeros up to whole vectors
};

}  // namespace foldwave::features
