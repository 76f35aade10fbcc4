// Instruments: the parameters a note is synthesised from.
#pragma once

#include "random.h"

namespace demo {

enum class PatchName {
  kContrabass,
  kTuba,
  kGuitar,
  kHarpsichord,
  kAccordion,
  kStrings,
  kFlute,
  kElectricPiano,
  kBell,
  kBrass,
  kOrgan,
  kSawBass,
  kFmBass,
  kSawStab,
  kSquareLead
};

enum class Synthesis { kAdditive, kFrequencyModulation, kPluckedString };

struct Patch {
  Synthesis synthesis = Synthesis::kAdditive;
  float attack_s = 0.01F;
  float decay_s = 0.3F;  // to the sustained level; for a plucked string the time to fall by 60 dB at 220 Hz
  float sustain = 0.7F;
  float release_s = 0.08F;
  float slope = 1;               // additive: harmonic k has amplitude k^-slope
  float even = 1;                // additive: share of the even harmonics; 0 is a square wave's spectrum
  float brightness_decay_s = 1;  // additive: the upper harmonics fade this fast
  float ratio = 1;               // FM: modulator over carrier
  float index = 1;               // FM: depth at the attack
  float vibrato_hz = 0;
  float vibrato_semitones = 0;
};

// The instrument as one song has it: a little different each time.
Patch draw_patch(PatchName name, Random& random);

}  // namespace demo
