#include "features/chroma_filterbank.h"

#include <algorithm>
#include <cmath>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave::features {
namespace {

constexpr int kClasses = ChromaFilterbank::kClasses;
constexpr double kHalf = kClasses / 2.0;
constexpr double kOctaveWidth = 2, kCentreOctave = 5;  // of the Gaussian that weighs octaves; octaves above 27.5 Hz

// Position of each bin in semitones above 27.5 Hz (A0). Bin 0 has none: it is put one and a half octaves below bin 1.
std::vector<double> semitones(int sample_rate, int n_fft) {
  std::vector<double> position(static_cast<size_t>(n_fft));
  for (size_t k = 1; k < position.size(); ++k)
    position[k] = kClasses * std::log2(static_cast<double>(k) * sample_rate / n_fft / 27.5);
  position[0] = position[1] - 1.5 * kClasses;
  return position;
}

FOLDWAVE_FOR_EACH_CPU void weigh(const float* __restrict power, const float* __restrict weights, size_t bins,
                                 float* __restrict out) {
  for (size_t c = 0; c < kClasses; ++c) {
    const float* __restrict row = weights + c * bins;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < bins; ++k) sum += row[k] * power[k];
    out[c] = sum;
  }
}

}  // namespace

ChromaFilterbank::ChromaFilterbank(int sample_rate, int n_fft)
    : bins_(static_cast<size_t>(n_fft / 2) + 1), weights_(kClasses * bins_) {
  const std::vector<double> position = semitones(sample_rate, n_fft);
  for (size_t k = 0; k < bins_; ++k) {
    const double width = k + 1 < position.size() ? std::max(1.0, position[k + 1] - position[k]) : 1.0;
    double column[kClasses], norm = 0;
    for (int c = 0; c < kClasses; ++c) {
      const double shifted = position[k] - c + kHalf + 10 * kClasses;
      const double distance = shifted - kClasses * std::floor(shifted / kClasses) - kHalf;
      column[c] = std::exp(-0.5 * std::pow(2 * distance / width, 2));
      norm += column[c] * column[c];
    }
    const double octave = (position[k] / kClasses - kCentreOctave) / kOctaveWidth;
    const double weight = std::exp(-0.5 * octave * octave) / std::sqrt(norm);
    for (int c = 0; c < kClasses; ++c) {
      const int from_c = (c + kClasses - 3) % kClasses;  // position 0 is an A, row 0 a C
      weights_[static_cast<size_t>(from_c) * bins_ + k] = static_cast<float>(column[c] * weight);
    }
  }
}

void ChromaFilterbank::operator()(std::span<const float> power, std::span<float> chroma) const {
  weigh(power.data(), weights_.data(), bins_, chroma.data());
  const float largest = *std::max_element(chroma.begin(), chroma.end());
  if (largest <= 0) return;
  for (float& value : chroma) value /= largest;
}

}  // namespace foldwave::features
