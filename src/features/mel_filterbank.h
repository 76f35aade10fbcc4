// Triangular filters, evenly spaced on a mel scale: librosa.filters.mel.
#pragma once

#include <span>
#include <vector>

#include "foldwave/features/features.h"

namespace foldwave::features {

// Keeps only the stretch of bins in which a filter is not zero, padded with zeros to whole groups of `kLanes` bins, so
// that the sum over bins runs in vector registers.
class MelFilterbank {
 public:
  static constexpr size_t kLanes = 8;

  explicit MelFilterbank(const FeatureConfig& config);

  // n_fft / 2 + 1 bins and the zeros that must stand behind them.
  static size_t spectrum_size(int n_fft) { return static_cast<size_t>(n_fft / 2) + 1 + kLanes; }
  // power: [spectrum_size] |X|^2, of which the filters sum the root with config.power = 1; mel: [n_mels].
  void operator()(std::span<float> power, std::span<float> mel) const;

  struct Filter {
    size_t first_bin, first_weight, groups;
  };

 private:
  std::vector<Filter> filters_;  // [n_mels]
  std::vector<float> weights_;
  bool of_magnitudes_;
};

}  // namespace foldwave::features
