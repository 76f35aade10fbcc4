#include "patch.h"

namespace demo {
namespace {

Patch typical_patch(PatchName name) {
  constexpr auto kAdditive = Synthesis::kAdditive;
  constexpr auto kFm = Synthesis::kFrequencyModulation;
  constexpr auto kPlucked = Synthesis::kPluckedString;
  switch (name) {
    case PatchName::kContrabass:
      return {.synthesis = kAdditive,
              .attack_s = 0.02F,
              .decay_s = 0.5F,
              .sustain = 0.35F,
              .slope = 1.7F,
              .brightness_decay_s = 0.25F};
    case PatchName::kTuba:
      return {.synthesis = kAdditive,
              .attack_s = 0.04F,
              .decay_s = 0.2F,
              .sustain = 0.7F,
              .slope = 1.4F,
              .brightness_decay_s = 0.5F};
    case PatchName::kGuitar: return {.synthesis = kPlucked, .decay_s = 2.2F, .sustain = 1, .slope = 1.1F};
    case PatchName::kHarpsichord:
      return {.synthesis = kPlucked, .decay_s = 1.4F, .sustain = 1, .release_s = 0.05F, .slope = 0.3F};
    case PatchName::kAccordion:
      return {.synthesis = kAdditive,
              .attack_s = 0.05F,
              .sustain = 0.9F,
              .slope = 0.9F,
              .even = 0.7F,
              .brightness_decay_s = 4,
              .vibrato_hz = 5.5F,
              .vibrato_semitones = 0.15F};
    case PatchName::kStrings:
      return {.synthesis = kAdditive,
              .attack_s = 0.16F,
              .sustain = 0.9F,
              .release_s = 0.25F,
              .slope = 1.1F,
              .brightness_decay_s = 5,
              .vibrato_hz = 5,
              .vibrato_semitones = 0.2F};
    case PatchName::kFlute:
      return {.synthesis = kAdditive,
              .attack_s = 0.07F,
              .sustain = 0.9F,
              .slope = 2.2F,
              .even = 0.6F,
              .brightness_decay_s = 3,
              .vibrato_hz = 4.6F,
              .vibrato_semitones = 0.25F};
    case PatchName::kElectricPiano:
      return {.synthesis = kFm,
              .attack_s = 0.004F,
              .decay_s = 1.1F,
              .sustain = 0.15F,
              .release_s = 0.15F,
              .ratio = 1,
              .index = 1.3F};
    case PatchName::kBell:
      return {.synthesis = kFm,
              .attack_s = 0.003F,
              .decay_s = 1.4F,
              .sustain = 0.05F,
              .release_s = 0.5F,
              .ratio = 3.5F,
              .index = 2};
    case PatchName::kBrass:
      return {.synthesis = kAdditive,
              .attack_s = 0.05F,
              .decay_s = 0.25F,
              .sustain = 0.75F,
              .slope = 0.8F,
              .brightness_decay_s = 0.8F,
              .vibrato_hz = 5,
              .vibrato_semitones = 0.08F};
    case PatchName::kOrgan:
      return {.synthesis = kAdditive,
              .attack_s = 0.015F,
              .sustain = 1,
              .slope = 1.3F,
              .even = 0.8F,
              .brightness_decay_s = 9,
              .vibrato_hz = 6.2F,
              .vibrato_semitones = 0.06F};
    case PatchName::kSawBass:
      return {.synthesis = kAdditive,
              .attack_s = 0.004F,
              .decay_s = 0.2F,
              .sustain = 0.5F,
              .slope = 1,
              .brightness_decay_s = 0.12F};
    case PatchName::kFmBass:
      return {.synthesis = kFm, .attack_s = 0.006F, .decay_s = 0.4F, .sustain = 0.3F, .ratio = 1, .index = 1.8F};
    case PatchName::kSawStab:
      return {.synthesis = kAdditive,
              .attack_s = 0.006F,
              .decay_s = 0.25F,
              .sustain = 0.3F,
              .slope = 0.8F,
              .brightness_decay_s = 0.3F};
    case PatchName::kSquareLead:
      return {.synthesis = kAdditive,
              .attack_s = 0.01F,
              .decay_s = 0.3F,
              .sustain = 0.6F,
              .slope = 1,
              .even = 0.1F,
              .brightness_decay_s = 0.9F,
              .vibrato_hz = 5.5F,
              .vibrato_semitones = 0.1F};
  }
  return {};
}

}  // namespace

Patch draw_patch(PatchName name, Random& random) {
  Patch patch = typical_patch(name);
  for (float* parameter :
       {&patch.attack_s, &patch.decay_s, &patch.brightness_decay_s, &patch.index, &patch.vibrato_hz}) {
    *parameter *= static_cast<float>(random.uniform({0.6, 1.6}));
  }
  patch.slope *= static_cast<float>(random.uniform({0.8, 1.25}));
  patch.vibrato_semitones *= static_cast<float>(random.uniform({0, 1.5}));
  return patch;
}

}  // namespace demo
