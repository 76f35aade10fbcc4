// Decibels without a call into libm, for loops that must be vectorised.
#pragma once

#include <bit>
#include <cstdint>

namespace foldwave::features {

constexpr float kAmin = 1e-10F;  // librosa.power_to_db's amin

// 10 log10(x) of a positive normal x, within 2e-6 dB for 1, 2e-5 dB for 1e-10 (float's own resolution there); without a
// branch or a call, so that loops over it are vectorised. Reduction to sqrt(1/2) <= m < sqrt(2) and polynomial as
// Cephes' logf.
inline float decibel(float x) {
  constexpr int32_t kOne = 0x3F800000, kSqrtHalf = 0x3F3504F3;
  const int32_t bits = std::bit_cast<int32_t>(x) + (kOne - kSqrtHalf);
  const auto exponent = static_cast<float>((bits >> 23) - 127);
  const float f = std::bit_cast<float>((bits & 0x007FFFFF) + kSqrtHalf) - 1;
  float p = 7.0376836292e-2F;
  p = p * f - 1.1514610310e-1F;
  p = p * f + 1.1676998740e-1F;
  p = p * f - 1.2420140846e-1F;
  p = p * f + 1.4249322787e-1F;
  p = p * f - 1.6668057665e-1F;
  p = p * f + 2.0000714765e-1F;
  p = p * f - 2.4999993993e-1F;
  p = p * f + 3.3333331174e-1F;
  const float natural = f + f * f * (p * f - 0.5F);
  constexpr float kDbPerOctave = 3.01029995664F, kDbPerNeper = 4.34294481903F;
  return exponent * kDbPerOctave + natural * kDbPerNeper;
}

}  // namespace foldwave::features
