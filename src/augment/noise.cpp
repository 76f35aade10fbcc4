#include <cmath>

#include "augment/draws.h"
#include "augment/gaussian.h"
#include "foldwave/augment/augment.h"
#include "foldwave/core/energy.h"

namespace foldwave::augment {
namespace {

double root_mean_square(std::span<const float> signal) {
  return signal.empty() ? 0 : std::sqrt(energy(signal) / static_cast<double>(signal.size()));
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
