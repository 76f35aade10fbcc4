// Energy of the twelve pitch classes: librosa.filters.chroma (tuning 0), after Ellis, "Chroma feature analysis and
// synthesis" (2007).
#pragma once

#include <span>
#include <vector>

namespace foldwave::features {

class ChromaFilterbank {
 public:
  static constexpr int kClasses = 12;

  ChromaFilterbank(int sample_rate, int n_fft);
  // chroma: [12], C first, divided by their largest (all 0 where that is 0).
  void operator()(std::span<const float> power, std::span<float> chroma) const;

 private:
  size_t bins_;
  std::vector<float> weights_;  // [12, bins]
};

}  // namespace foldwave::features
