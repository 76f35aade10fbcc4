// What makes a genre: ranges and choices from which songs are drawn. The ranges of different genres overlap on purpose,
// so that neither tempo nor timbre nor harmony alone tells them apart.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "patch.h"
#include "random.h"

namespace demo {

enum class Bass { kRoot, kRootFifth, kWalking, kOffbeat, kDrone };
enum class Comping { kSustained, kAfterbeats, kOffbeats, kStabs, kShuffle, kBroken };

using Scale = std::vector<int>;        // semitones above the key, ascending, within an octave
using Progression = std::vector<int>;  // one degree of the scale a bar

// Velocities 0-9 of one bar, a character a step; '.' is silence.
struct DrumPattern {
  std::string_view kick;
  std::string_view snare;
  std::string_view hat;
};

// Beats of a bar, steps of a beat, and what fits that metre.
struct Metre {
  int beats = 4;
  int steps_per_beat = 4;
  std::vector<DrumPattern> drums;
};

struct Genre {
  std::string_view name;
  Range beats_per_minute;
  Range swing;           // share of a step by which every second step comes late
  Range drum_chance;     // probability that a clip has drums at all, drawn once a song
  Range melody_density;  // notes a step
  Range reverb;          // share of the reverberated sound
  int chord_notes = 3;   // 3: triads, 4: sevenths
  std::vector<Metre> metres;
  std::vector<Scale> scales;
  std::vector<Progression> progressions;
  std::vector<Bass> basses;
  std::vector<Comping> compings;
  std::vector<PatchName> bass_patches;
  std::vector<PatchName> comping_patches;
  std::vector<PatchName> melody_patches;
};

std::span<const Genre> all_genres();

}  // namespace demo
