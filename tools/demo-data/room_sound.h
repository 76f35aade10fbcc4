// Reverberation.
#pragma once

#include "sound.h"

namespace demo {

// Schroeder 1962: parallel combs, then all-passes. `share` is how much of the reverberated sound is mixed in, 0 to 1.
void add_reverb(Sound& sound, double share);

}  // namespace demo
