// The power spectrum of one real frame.
#pragma once

#include <fftw3.h>

#include <memory>
#include <span>
#include <vector>

namespace foldwave::features {

// A real transform of even length n as a complex one of n/2 and an unpacking step: FFTW's complex transforms use vector
// instructions throughout, its real ones do not (3 times slower at 2048). One a thread.
class PowerFft {
 public:
  explicit PowerFft(int n);

  // Where the frame goes, [n], times kInputScale: a factor that costs nothing in a window saves the unpacking its
  // halving.
  std::span<float> input() { return {input_.get(), static_cast<size_t>(n_)}; }
  // power[k] = |X[k]|^2 of the frame, k = 0 .. n/2. Destroys the input.
  void operator()(std::span<float> power);

  static constexpr float kInputScale = 0.5F;

 private:
  struct Free {
    void operator()(float* p) const { fftwf_free(p); }
  };
  struct Destroy {
    void operator()(fftwf_plan_s* plan) const;
  };
  int n_;
  std::unique_ptr<float[], Free> input_, output_;  // [n]: n/2 complex
  std::unique_ptr<fftwf_plan_s, Destroy> plan_;
  std::vector<float> cos_, sin_;                  // [n/2 + 1] of 2 pi k / n
  std::vector<float> re_, im_;                    // [n/2 + 1] the transform, periodic
  std::vector<float> re_mirrored_, im_mirrored_;  // [n/2 + 1] the same at n/2 - k
};

}  // namespace foldwave::features
