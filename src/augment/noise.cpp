#include <cmath>

#include "augment/draws.h"
#include "augment/gaussian.h"
#include "foldwave/augment/augment.h"
#include "foldwave/core/for_each_cpu.h"

namespace foldwave::augment {
namespace {

FOLDWAVE_FOR_EACH_CPU double sum_of_squares(const float* signal, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; ++i) sum += static_cast<double>(signal[i]) * static_cast<double>(signal[i]);
  return sum;
}

double root_mean_square(std::span<const float> signal) {
  return signal.empty() ? 0
                        : std::sqrt(sum_of_squares(signal.data(), signal.size()) / static_cast<double>(signal.size()));
}

}  // namespace

void add_noise(std::span<float> waveform, const AugmentConfig& config, RandomKey key) {
  Random random = draws(key, draw::noise);
  if (!applies(random, config.noise_probability)) return;
  const double deviation =
      config.noise_kind == NoiseKind::amplitude
          ? random.uniform(config.noise_min_amplitude, config.noise_max_amplitude)
          : root_mean_square(waveform) *
                std::pow(10, -random.uniform(config.noise_min_snr_db, config.noise_max_snr_db) / 20);
  if (deviation == 0) return;
  key.transform = draw::noise_samples;
  add_gaussian(waveform, static_cast<float>(deviation), key);
}

}  // namespace foldwave::augment
