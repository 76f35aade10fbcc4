// Drums: bass drum from a falling sine, snare and hi-hat from noise.
#pragma once

#include "random.h"
#include "sound.h"

namespace demo {

enum class Drum { kKick, kSnare, kHat };

// A kit as one song has it.
struct DrumKit {
  double kick_hz = 50;
  double kick_decay_s = 0.15;
  double snare_decay_s = 0.1;
  double snare_tone = 0.4;  // share of the drum head's own tone
  double hat_decay_s = 0.04;
  float brightness = 1;  // 0 dull, 1 all of the noise
};

DrumKit draw_kit(float brightness, Random& random);
void strike(Drum drum, const DrumKit& kit, double start_s, float gain, Sound& sound, Random& random);

}  // namespace demo
