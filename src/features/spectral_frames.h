// What describes a frame's spectrum in a few numbers, as librosa.feature defines them, frame by frame.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "features/chroma_filterbank.h"
#include "features/contrast_bands.h"
#include "foldwave/features/features.h"

namespace foldwave::features {

struct SpectralFrames {
  int frames = 0;
  std::vector<float> chroma;                             // [frames, 12], the largest of each frame is 1
  std::vector<float> peak, valley;                       // [frames, bands] magnitudes, of which contrast is made
  std::vector<float> contrast;                           // [frames, bands] dB
  std::vector<float> centroid, bandwidth, rolloff;       // [frames] Hz
  std::vector<float> flatness, zero_crossing_rate, rms;  // [frames]
};

class SpectralDescriptors {
 public:
  explicit SpectralDescriptors(const FeatureConfig& config);

  int contrast_bands() const { return bands_.count(); }
  void start(int frames, SpectralFrames& out) const;                       // makes room
  void add(std::span<const float> power, int frame, SpectralFrames& out);  // |X|^2: [n_fft / 2 + 1]
  void finish(std::span<const float> mono, SpectralFrames& out) const;     // contrast, zero crossings, RMS

 private:
  size_t bins_;
  int n_fft_, hop_length_;
  ChromaFilterbank chroma_;
  ContrastBands bands_;
  std::vector<float> hz_;         // [bins]
  std::vector<float> magnitude_;  // [bins] of one frame
};

}  // namespace foldwave::features
