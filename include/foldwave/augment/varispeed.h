// A signal played faster or slower, as a tape is: length and pitch change together.
#pragma once

#include <span>
#include <vector>

namespace foldwave::augment {

// y[i] = x(speed * i), x the signal below the lower of both Nyquist frequencies, with zeros beyond both its ends.
//
// Windowed sinc of 48 zero crossings, at the nearest of 512 positions between two samples: what it adds lies 56 dB or
// more below each tone, spread over all frequencies, so that no bin of a mel spectrogram shows it; up to 0.85 of the
// Nyquist frequency all is kept. A crop of 256 frames takes 0.6 to 0.8 ms of CPU; soxr, which designs a filter for each
// speed, 0.9 to 2.2 ms whether HQ, MQ or LQ.
//
// Reuses its buffers: one a thread.
class Varispeed {
 public:
  static int margin(double speed);  // so many samples on either side of x(t) decide it
  void operator()(std::span<const float> mono, double speed, std::vector<float>& out);  // 1 + (samples - 1) / speed

 private:
  void make_kernels(double scale);

  double scale_ = 0;  // of the kernels: all speeds up to 1 have the same
  size_t taps_ = 0;
  std::vector<float> kernels_;  // [positions + 1, taps]
  std::vector<float> padded_;
};

}  // namespace foldwave::augment
