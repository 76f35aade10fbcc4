#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

constexpr float kAmin = 1e-10F;

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

}  // namespace

float maximum(std::span<const float> values) {
  if (values.empty()) return 0;
  constexpr size_t kLanes = 8;  // several running maxima, for the compiler to vectorise
  std::array<float, kLanes> largest;
  largest.fill(values[0]);
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) largest[lane] = std::max(largest[lane], values[i + lane]);
  }
  for (; i < values.size(); ++i) largest[0] = std::max(largest[0], values[i]);
  return std::ranges::max(largest);
}

std::vector<float> power_to_db(std::span<const float> power, double ref, double top_db) {
  const auto ref_db = static_cast<float>(10 * std::log10(std::max(1e-10, ref)));
  std::vector<float> db(power.size());
  float* out = db.data();
  // Loops of one step each: joined, the compiler splits off the clamped values and vectorises none of it.
  for (size_t i = 0; i < db.size(); ++i) out[i] = std::max(kAmin, power[i]);
  for (size_t i = 0; i < db.size(); ++i) out[i] = decibel(out[i]) - ref_db;
  const float floor = maximum(db) - static_cast<float>(top_db);
  for (size_t i = 0; i < db.size(); ++i) out[i] = std::max(floor, out[i]);
  return db;
}

}  // namespace foldwave::features
