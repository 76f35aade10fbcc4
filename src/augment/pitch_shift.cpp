#include "foldwave/augment/pitch_shift.h"

#include <cmath>

#include "foldwave/audio/audio.h"

namespace foldwave::augment {

std::vector<float> pitch_shift(std::span<const float> mono, double semitones, features::TimeStretcher& stretch) {
  const double rate = std::exp2(-semitones / 12);
  std::vector<float> shifted = audio::resample(stretch(mono, rate), 1 / rate, 1);
  shifted.resize(mono.size());
  return shifted;
}

}  // namespace foldwave::augment
