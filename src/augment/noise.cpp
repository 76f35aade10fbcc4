#include <cmath>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

// The draws in their order: whether, how loud, then the noise itself.
Random noise_draws(RandomKey key) {
  key.transform = draw::noise;
  return Random(key);
}

double root_mean_square(std::span<const float> waveform) {
  double sum = 0;
  for (const float sample : waveform) sum += static_cast<double>(sample) * sample;
  return waveform.empty() ? 0 : std::sqrt(sum / static_cast<double>(waveform.size()));
}

}  // namespace

bool adds_noise(const AugmentConfig& config, RandomKey key) {
  return config.noise_probability > 0 && noise_draws(key).uniform() < config.noise_probability;
}

void add_noise(std::span<float> waveform, const AugmentConfig& config, RandomKey key) {
  Random random = noise_draws(key);
  if (random.uniform() >= config.noise_probability) return;
  const double snr_db = random.uniform(config.noise_min_snr_db, config.noise_max_snr_db);
  const double deviation = root_mean_square(waveform) * std::pow(10, -snr_db / 20);
  if (deviation == 0) return;
  for (float& sample : waveform) sample += static_cast<float>(deviation * random.normal());
}

}  // namespace foldwave::augment
