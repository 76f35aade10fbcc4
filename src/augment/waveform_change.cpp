#include <cmath>

#include "augment/draws.h"
#include "foldwave/augment/augment.h"

namespace foldwave::augment {

WaveformChange draw_waveform_change(const AugmentConfig& config, RandomKey key) {
  WaveformChange change;
  if (Random random = draws(key, draw::stretch); applies(random, config.stretch_probability))
    change.rate = random.uniform(config.stretch_min_rate, config.stretch_max_rate);
  if (Random random = draws(key, draw::pitch); applies(random, config.pitch_probability))
    change.pitch = std::exp2(random.uniform(config.pitch_min_semitones, config.pitch_max_semitones) / 12);
  if (Random random = draws(key, draw::gain); applies(random, config.gain_probability))
    change.gain = std::pow(10, random.uniform(config.gain_min_db, config.gain_max_db) / 20);
  Random random = draws(key, draw::noise);
  change.noise = applies(random, config.noise_probability);
  return change;
}

}  // namespace foldwave::augment
