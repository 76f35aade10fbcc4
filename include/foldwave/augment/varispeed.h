// A signal played faster or slower, as a tape is: length and pitch change together.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace foldwave::augment {

// y[i] = x(speed * i), x the signal below the lower of both Nyquist frequencies, with zeros beyond both its ends.
//
// Windowed sinc of 48 zero crossings, at the nearest of 512 positions between two samples: what it adds lies 56 dB or
// more below each tone, spread over all frequencies, so that no bin of a mel spectrogram shows it; up to 0.85 of the
// Nyquist frequency all is kept. A crop of 256 frames takes 0.8 to 1.2 ms of a Xeon's core; soxr, which designs a
// filter for each speed, took 0.9 to 2.2 ms whether HQ, MQ or LQ where this took 0.6 to 0.8.
//
// Reuses its buffers: one a thread.
class Varispeed {
 public:
  static int margin(double speed);  // so many samples on either side of x(t) decide it
  void operator()(std::span<const float> mono, double speed, std::vector<float>& out);  // 1 + (samples - 1) / speed

  struct alignas(64) Lanes {  // a line of the cache: no load of them crosses two
    std::array<float, 16> of;
  };

 private:
  void make_kernels(double scale);

  double scale_ = 0;            // of the kernels: all speeds up to 1 have the same
  size_t groups_ = 0;           // of taps
  std::vector<Lanes> kernels_;  // [positions + 1, groups]
  std::vector<float> padded_;
};

}  // namespace foldwave::augment
