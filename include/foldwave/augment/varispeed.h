// A signal played faster or slower, as a tape is: length and pitch change together.
#pragma once

#include <span>
#include <vector>

namespace foldwave::augment {

// y[i] = x(speed * i), x the signal below the lower of both Nyquist frequencies, with zeros beyond both its ends.
//
// Windowed sinc of 48 zero crossings, at the nearest of 512 positions between two samples: what it adds lies 70 dB
// below a tone at half the Nyquist frequency, and what is above 0.9 of it is lost. A crop of 256 frames takes 0.7 ms;
// soxr HQ, of which a mel spectrogram shows no difference, 2.4 ms.
//
// Reuses its buffers: one a thread.
class Varispeed {
 public:
  static int margin(double speed);  // so many samples on either side of x(t) decide it
  void operator()(std::span<const float> mono, double speed, std::vector<float>& out);  // 1 + (samples - 1) / speed

 private:
  void make_kernels(double speed);

  size_t taps_ = 0;
  std::vector<float> kernels_;  // [positions + 1, taps]
  std::vector<float> padded_;
};

}  // namespace foldwave::augment
