#include "drums.h"

#include <algorithm>
#include <cmath>

#include "wavetable.h"

namespace demo {
namespace {

struct Strike {
  std::size_t first;
  std::size_t samples;
};

Strike place(double start_s, double decay_s, const Sound& sound) {
  const auto first = static_cast<std::size_t>(std::max(0.0, start_s) * sound.sample_rate);
  if (start_s < 0 || first >= sound.left.size()) return {0, 0};
  return {first, std::min(static_cast<std::size_t>(6 * decay_s * sound.sample_rate), sound.left.size() - first)};
}

void add(Sound& sound, std::size_t at, float left, float right) {
  sound.left[at] += left;
  sound.right[at] += right;
}

void strike_kick(const DrumKit& kit, double start_s, float gain, Sound& sound) {
  const Strike strike = place(start_s, kit.kick_decay_s, sound);
  const double fade = std::exp(-1 / (kit.kick_decay_s * sound.sample_rate));
  const double sweep_fade = std::exp(-1 / (0.025 * sound.sample_rate));
  double turns = 0;
  double level = gain;
  double sweep = 4;
  for (std::size_t i = 0; i < strike.samples; ++i) {
    const auto value = static_cast<float>(level) * table_sine(turns);
    add(sound, strike.first + i, value, value);
    turns += kit.kick_hz * (1 + sweep) / sound.sample_rate;
    level *= fade;
    sweep *= sweep_fade;
  }
}

// Noise through two one-pole filters, `low_hz` to `high_hz`.
void strike_noise(double decay_s, double low_hz, double high_hz, double start_s, float gain, float pan, Sound& sound,
                  Random& random) {
  const Strike strike = place(start_s, decay_s, sound);
  const auto fade = static_cast<float>(std::exp(-1 / (decay_s * sound.sample_rate)));
  const auto pole = [&](double hz) {
    return static_cast<float>(1 - std::exp(-6.2832 * std::min(hz, 0.45 * sound.sample_rate) / sound.sample_rate));
  };
  const float low_pole = pole(low_hz);
  const float high_pole = pole(high_hz);
  float level = gain;
  float low = 0;
  float high = 0;
  for (std::size_t i = 0; i < strike.samples; ++i) {
    high += high_pole * (random.noise() - high);
    low += low_pole * (high - low);
    const float value = level * (high - low);
    add(sound, strike.first + i, value * (1 - pan), value * pan);
    level *= fade;
  }
}

}  // namespace

DrumKit draw_kit(float brightness, Random& random) {
  return {.kick_hz = random.uniform({40, 65}),
          .kick_decay_s = random.uniform({0.07, 0.2}),
          .snare_decay_s = random.uniform({0.05, 0.15}),
          .snare_tone = random.uniform({0.2, 0.6}),
          .hat_decay_s = random.uniform({0.015, 0.07}),
          .brightness = brightness};
}

void strike(Drum drum, const DrumKit& kit, double start_s, float gain, Sound& sound, Random& random) {
  switch (drum) {
    case Drum::kKick: return strike_kick(kit, start_s, 0.9F * gain, sound);
    case Drum::kSnare:
      strike_noise(kit.snare_decay_s, 300, 3000 + 9000 * kit.brightness, start_s, 1.1F * gain, 0.5F, sound, random);
      return strike_kick({.kick_hz = 175, .kick_decay_s = kit.snare_decay_s * 0.7}, start_s,
                         static_cast<float>(kit.snare_tone) * gain * 0.5F, sound);
    case Drum::kHat:
      return strike_noise(kit.hat_decay_s, 5000, 6000 + 14000 * kit.brightness, start_s, 0.9F * gain, 0.65F, sound,
                          random);
  }
}

}  // namespace demo
