// A made-up song: what all clips cut from it share.
#pragma once

#include <cstdint>
#include <string>

#include "genre.h"
#include "patch.h"

namespace demo {

struct Song {
  int genre_id = 0;
  std::string title;  // the group column
  double beats_per_minute = 120;
  double swing = 0;
  double drum_chance = 0;
  double melody_density = 0;
  double reverb = 0;
  int key = 60;  // MIDI number of the tonic of the melody's octave
  int chord_notes = 3;
  Metre metre;  // with one drum pattern
  Scale scale;
  Progression progression;
  Bass bass = Bass::kRoot;
  Comping comping = Comping::kSustained;
  Patch bass_patch;
  Patch comping_patch;
  Patch melody_patch;
  float drum_brightness = 1;
  double gain_bass = 1;
  double gain_comping = 1;
  double gain_melody = 1;
  double gain_drums = 1;
};

Song draw_song(int genre_id, std::uint64_t seed, std::uint64_t song_number);

}  // namespace demo
