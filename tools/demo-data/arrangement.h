// Plays a few seconds of a song.
#pragma once

#include "random.h"
#include "song.h"
#include "sound.h"

namespace demo {

Sound perform(const Song& song, double seconds, int sample_rate, Random& random);

}  // namespace demo
