// One period of an additive patch, as tables that hold no harmonic above the Nyquist frequency.
#pragma once

#include <array>
#include <vector>

#include "patch.h"

namespace demo {

class Wavetable {
 public:
  static constexpr int kSize = 1024;

  struct Period {
    std::vector<float> bright;  // [kSize + 1]: the attack's spectrum; the last value repeats the first
    std::vector<float> dark;    // [kSize + 1]: the spectrum towards which a note fades
  };

  Wavetable(const Patch& patch, int sample_rate) : patch_(patch), sample_rate_(sample_rate) {}

  // Made when first asked for, one an octave.
  const Period& period(double fundamental_hz);

 private:
  Patch patch_;
  int sample_rate_;
  std::array<Period, 9> octaves_;
};

// sin(2 pi turns) by a table; turns from 0.
float table_sine(double turns);

}  // namespace demo
