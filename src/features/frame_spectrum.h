// The power spectrum of one frame of a signal: windowed, centred, with zeros beyond both ends.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "foldwave/features/features.h"

namespace foldwave::features {

// Single precision resolves what is 150 dB below a frame's loudest bin; that is enough for power spectra cut 80 dB
// below their maximum, not for magnitudes cut there (160 dB in power), nor for the valleys of spectral contrast.
enum class Precision { single_fft, double_fft };

class FrameSpectrum {
 public:
  virtual ~FrameSpectrum() = default;
  // power[k] = |X[k]|^2 of the frame centred on a sample, k = 0 .. n_fft / 2.
  virtual void operator()(std::span<const float> mono, int64_t centre, std::span<float> power) = 0;
};
std::unique_ptr<FrameSpectrum> make_frame_spectrum(const FeatureConfig& config, Precision precision);

}  // namespace foldwave::features
