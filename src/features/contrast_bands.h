// Peaks and valleys of a spectrum, octave by octave: librosa.feature.spectral_contrast, after Jiang et al., "Music type
// classification by spectral contrast feature" (2002).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace foldwave::features {

// Bands [0, 200), [200, 400), ... Hz, doubling, the seventh up to half the sample rate; fewer where that is below
// 6.4 kHz (librosa refuses such rates).
class ContrastBands {
 public:
  static constexpr size_t kLanes = 16;

  ContrastBands(int sample_rate, int n_fft);
  int count() const { return static_cast<int>(bands_.size()); }
  // Mean magnitude of the quietest and of the loudest fiftieth of each band's bins: [count()] each.
  void operator()(std::span<const float> power, std::span<float> peak, std::span<float> valley);

 private:
  struct Band {
    size_t begin, end, extremes;  // bins; how many of the loudest and of the quietest are averaged
  };
  std::vector<Band> bands_;
  std::vector<float> keys_;  // bins of one band
};

}  // namespace foldwave::features
