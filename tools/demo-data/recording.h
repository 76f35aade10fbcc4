// How a performance was recorded: format, level, silence. Drawn without a look at the genre.
#pragma once

#include <cstdint>

#include "random.h"
#include "sound.h"

namespace demo {

enum class Container { kOggVorbis, kFlac };

struct Recording {
  int sample_rate = 44100;
  int channels = 2;
  Container container = Container::kOggVorbis;
  double vorbis_quality = 0.4;
  double lead_s = 0;  // silence before the music
  double music_s = 0;
  double tail_s = 0;  // silence after it
  double peak = 0.9;
  double noise = 0;  // amplitude of the noise floor, silence included
};

Recording draw_recording(double nominal_seconds, std::uint64_t seed, std::uint64_t clip_number);

// Interleaved samples [frames, channels], with the silences, the level and the noise floor.
std::vector<float> record(const Sound& music, const Recording& recording, Random& random);

}  // namespace demo
