// A signal made longer or shorter without changing its pitch.
#pragma once

#include <memory>
#include <span>
#include <vector>

namespace foldwave::features {

// librosa.effects.time_stretch (phase vocoder after Ellis, "A phase vocoder in Matlab", 2002).
// Reuses its buffers: one a thread.
class TimeStretcher {
 public:
  explicit TimeStretcher(int n_fft = 2048, int hop_length = 512);  // samples; periodic Hann window
  ~TimeStretcher();
  TimeStretcher(TimeStretcher&&) noexcept;
  // round(samples / rate) samples: rate > 1 is faster.
  std::vector<float> operator()(std::span<const float> mono, double rate);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foldwave::features
