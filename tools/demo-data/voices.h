// Pitched instruments: adds notes to a sound.
#pragma once

#include "patch.h"
#include "random.h"
#include "sound.h"
#include "wavetable.h"

namespace demo {

struct Note {
  double start_s = 0;
  double length_s = 0;  // until the release begins
  double midi = 60;
  double gain = 1;
};

class Instrument {
 public:
  // pan: 0 left, 1 right
  Instrument(const Patch& patch, int sample_rate, double pan);

  void play(const Note& note, Sound& sound, Random& random);

 private:
  std::vector<float> additive(double hz, std::size_t samples, Random& random);
  std::vector<float> frequency_modulation(double hz, std::size_t samples, Random& random) const;
  std::vector<float> plucked_string(double hz, std::size_t samples, Random& random) const;

  Patch patch_;
  int sample_rate_;
  float left_;
  float right_;
  Wavetable wavetable_;
};

}  // namespace demo
