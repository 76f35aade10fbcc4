#include "genre.h"

namespace demo {
namespace {

const Scale kMajor = {0, 2, 4, 5, 7, 9, 11};
const Scale kMinor = {0, 2, 3, 5, 7, 8, 10};
const Scale kHarmonicMinor = {0, 2, 3, 5, 7, 8, 11};
const Scale kDorian = {0, 2, 3, 5, 7, 9, 10};
const Scale kLydian = {0, 2, 4, 6, 7, 9, 11};
const Scale kMixolydian = {0, 2, 4, 5, 7, 9, 10};
const Scale kPhrygian = {0, 1, 3, 5, 7, 8, 10};

const Metre kThreeFour = {
    3, 4, {{"7...........", "....4...4...", "............"}, {"6...........", "....3...3...", "4...3...3..."}}};
const Metre kTwelveEight = {
    4, 3, {{"7.....6.....", "...6.....6..", "5.35.35.35.3"}, {"6..6..6..6..", "...7.....7..", "4.34.34.34.3"}}};

Genre waltz() {
  return {.name = "waltz",
          .beats_per_minute = {88, 175},
          .swing = {0, 0.12},
          .drum_chance = {0.2, 0.7},
          .melody_density = {0.18, 0.4},
          .reverb = {0.1, 0.35},
          .chord_notes = 3,
          .metres = {kThreeFour},
          .scales = {kMajor, kMajor, kMinor, kHarmonicMinor},
          .progressions = {{0, 0, 4, 4}, {0, 3, 4, 0}, {0, 5, 1, 4}, {0, 4, 5, 3}},
          .basses = {Bass::kRoot, Bass::kRootFifth},
          .compings = {Comping::kAfterbeats, Comping::kAfterbeats, Comping::kBroken},
          .bass_patches = {PatchName::kContrabass, PatchName::kTuba, PatchName::kGuitar},
          .comping_patches = {PatchName::kAccordion, PatchName::kAccordion, PatchName::kGuitar, PatchName::kStrings},
          .melody_patches = {PatchName::kAccordion, PatchName::kAccordion, PatchName::kStrings, PatchName::kFlute}};
}

Genre techno() {
  return {.name = "techno",
          .beats_per_minute = {112, 148},
          .swing = {0, 0.12},
          .drum_chance = {0.8, 1},
          .melody_density = {0.15, 0.55},
          .reverb = {0.05, 0.3},
          .chord_notes = 3,
          .metres = {{4,
                      4,
                      {{"9...9...9...9...", "....5.......5...", "..6...6...6...6."},
                       {"9...9...9...9...", "............7...", "3.6.3.6.3.6.3.6."}}}},
          .scales = {kMinor, kPhrygian, kDorian},
          .progressions = {{0, 0, 0, 0}, {0, 0, 5, 6}, {0, 3, 0, 6}, {0, 6, 5, 6}},
          .basses = {Bass::kOffbeat, Bass::kRoot, Bass::kOffbeat},
          .compings = {Comping::kStabs, Comping::kOffbeats, Comping::kBroken, Comping::kSustained},
          .bass_patches = {PatchName::kSawBass, PatchName::kFmBass},
          .comping_patches = {PatchName::kSawStab, PatchName::kSawStab, PatchName::kOrgan, PatchName::kBell},
          .melody_patches = {PatchName::kSquareLead, PatchName::kBell, PatchName::kSawStab}};
}

Genre ambient() {
  return {.name = "ambient",
          .beats_per_minute = {58, 112},
          .swing = {0, 0.1},
          .drum_chance = {0, 0.4},
          .melody_density = {0.04, 0.25},
          .reverb = {0.25, 0.6},
          .chord_notes = 4,
          .metres = {{4,
                      4,
                      {{"5...............", "................", "....2.......2..."},
                       {"6.........5.....", "............2...", "2...2...2...2..."}}},
                     kThreeFour},
          .scales = {kLydian, kDorian, kMajor, kMinor},
          .progressions = {{0, 0, 3, 3}, {0, 4, 0, 3}, {0, 1, 0, 5}},
          .basses = {Bass::kDrone, Bass::kDrone, Bass::kRoot},
          .compings = {Comping::kSustained, Comping::kSustained, Comping::kBroken},
          .bass_patches = {PatchName::kContrabass, PatchName::kFmBass, PatchName::kOrgan},
          .comping_patches = {PatchName::kStrings, PatchName::kStrings, PatchName::kOrgan, PatchName::kElectricPiano},
          .melody_patches = {PatchName::kBell, PatchName::kFlute, PatchName::kElectricPiano, PatchName::kGuitar}};
}

Genre march() {
  return {.name = "march",
          .beats_per_minute = {92, 134},
          .swing = {0, 0.14},
          .drum_chance = {0.7, 1},
          .melody_density = {0.2, 0.45},
          .reverb = {0.08, 0.3},
          .chord_notes = 3,
          .metres = {{4,
                      4,
                      {{"8.......7.......", "5...6.465...6.46", "................"},
                       {"8...6...8...6...", "..4...4...4.4544", "5.......5......."},
                       {"8.......8.......", "6.4464446.446.6.", "................"}}}},
          .scales = {kMajor, kMajor, kMixolydian, kMinor},
          .progressions = {{0, 0, 4, 0}, {0, 3, 4, 0}, {0, 5, 3, 4}, {0, 4, 0, 4}},
          .basses = {Bass::kRootFifth, Bass::kRootFifth, Bass::kRoot},
          .compings = {Comping::kAfterbeats, Comping::kOffbeats, Comping::kStabs},
          .bass_patches = {PatchName::kTuba, PatchName::kContrabass},
          .comping_patches = {PatchName::kBrass, PatchName::kBrass, PatchName::kAccordion, PatchName::kOrgan},
          .melody_patches = {PatchName::kBrass, PatchName::kBrass, PatchName::kFlute, PatchName::kSquareLead}};
}

Genre blues() {
  return {.name = "blues",
          .beats_per_minute = {66, 138},
          .swing = {0.1, 0.3},
          .drum_chance = {0.5, 1},
          .melody_density = {0.15, 0.45},
          .reverb = {0.05, 0.3},
          .chord_notes = 4,
          .metres = {kTwelveEight, {4, 4, {{"8.....6.8.......", "....7.......7...", "5.3.5.3.5.3.5.3."}}}},
          .scales = {kMixolydian, kMixolydian, kDorian},
          .progressions = {{0, 3, 0, 0}, {0, 0, 3, 3}, {3, 3, 0, 4}, {0, 4, 3, 0}},
          .basses = {Bass::kWalking, Bass::kWalking, Bass::kRootFifth},
          .compings = {Comping::kShuffle, Comping::kOffbeats, Comping::kSustained},
          .bass_patches = {PatchName::kContrabass, PatchName::kGuitar, PatchName::kFmBass},
          .comping_patches = {PatchName::kGuitar, PatchName::kGuitar, PatchName::kOrgan, PatchName::kElectricPiano},
          .melody_patches = {PatchName::kGuitar, PatchName::kGuitar, PatchName::kBrass}};
}

Genre baroque() {
  return {.name = "baroque",
          .beats_per_minute = {76, 150},
          .swing = {0, 0.1},
          .drum_chance = {0, 0.3},
          .melody_density = {0.35, 0.8},
          .reverb = {0.12, 0.45},
          .chord_notes = 3,
          .metres = {{4,
                      4,
                      {{"................", "................", "3...2...3...2..."},
                       {"5.......4.......", "................", "................"}}},
                     kThreeFour},
          .scales = {kHarmonicMinor, kMajor, kMinor},
          .progressions = {{0, 4, 5, 2}, {0, 3, 6, 2}, {0, 5, 3, 4}, {5, 1, 4, 0}},
          .basses = {Bass::kWalking, Bass::kRoot, Bass::kWalking},
          .compings = {Comping::kBroken, Comping::kBroken, Comping::kStabs, Comping::kSustained},
          .bass_patches = {PatchName::kContrabass, PatchName::kOrgan, PatchName::kGuitar},
          .comping_patches = {PatchName::kHarpsichord, PatchName::kHarpsichord, PatchName::kOrgan, PatchName::kStrings},
          .melody_patches = {PatchName::kHarpsichord, PatchName::kHarpsichord, PatchName::kFlute, PatchName::kStrings}};
}

Genre funk() {
  return {
      .name = "funk",
      .beats_per_minute = {88, 124},
      .swing = {0.02, 0.2},
      .drum_chance = {0.75, 1},
      .melody_density = {0.15, 0.4},
      .reverb = {0.03, 0.2},
      .chord_notes = 4,
      .metres = {{4,
                  4,
                  {{"9.....6...8.....", "....8..3.3..8...", "6464646464646464"},
                   {"9..6......8..5..", "....8.......8..4", "6.6.6.6.6.6.6.66"}}}},
      .scales = {kDorian, kMixolydian},
      .progressions = {{0, 0, 0, 0}, {0, 3, 0, 3}, {0, 0, 6, 3}},
      .basses = {Bass::kOffbeat, Bass::kWalking, Bass::kRootFifth},
      .compings = {Comping::kStabs, Comping::kOffbeats, Comping::kShuffle},
      .bass_patches = {PatchName::kFmBass, PatchName::kSawBass, PatchName::kGuitar},
      .comping_patches = {PatchName::kGuitar, PatchName::kElectricPiano, PatchName::kBrass, PatchName::kHarpsichord},
      .melody_patches = {PatchName::kBrass, PatchName::kSquareLead, PatchName::kElectricPiano}};
}

Genre reggae() {
  return {.name = "reggae",
          .beats_per_minute = {64, 96},
          .swing = {0.04, 0.22},
          .drum_chance = {0.7, 1},
          .melody_density = {0.1, 0.35},
          .reverb = {0.1, 0.4},
          .chord_notes = 3,
          .metres = {{4,
                      4,
                      {{"........9.......", "........6.......", "5.4.5.4.5.4.5.4."},
                       {"8.......9.......", "....3...7.....3.", "..5...5...5...5."}}}},
          .scales = {kMinor, kMajor, kDorian},
          .progressions = {{0, 3, 0, 3}, {0, 4, 5, 3}, {0, 6, 0, 6}},
          .basses = {Bass::kRootFifth, Bass::kWalking, Bass::kOffbeat},
          .compings = {Comping::kOffbeats, Comping::kOffbeats, Comping::kAfterbeats},
          .bass_patches = {PatchName::kFmBass, PatchName::kContrabass},
          .comping_patches = {PatchName::kOrgan, PatchName::kGuitar, PatchName::kElectricPiano},
          .melody_patches = {PatchName::kBrass, PatchName::kFlute, PatchName::kOrgan, PatchName::kGuitar}};
}

}  // namespace

std::span<const Genre> all_genres() {
  static const std::vector<Genre> genres = {waltz(), techno(),  ambient(), march(),
                                            blues(), baroque(), funk(),    reggae()};
  return genres;
}

}  // namespace demo
