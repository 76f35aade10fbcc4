#include "augment/gaussian.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave::augment {
namespace {

constexpr size_t kLanes = 16, kWords = 4;  // Philox blocks at a time; numbers in each
using Words = std::array<uint32_t, kWords * kLanes>;
using Normals = std::array<float, kWords * kLanes>;

struct Philox {
  uint32_t epoch, song_low, song_high, seed, transform;
};

// Philox4x32-10 of the counters {block + lane, epoch, song} and the key {seed, occurrence and transform}, as Random's.
inline void philox(const Philox& key, uint32_t block, uint32_t* __restrict words) {
#pragma omp simd
  for (size_t lane = 0; lane < kLanes; ++lane) {
    uint32_t a = block + static_cast<uint32_t>(lane), b = key.epoch, c = key.song_low, d = key.song_high;
    uint32_t left = key.seed, right = key.transform;
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const uint64_t from_a = 0xD2511F53ULL * a, from_c = 0xCD9E8D57ULL * c;
      a = static_cast<uint32_t>(from_c >> 32) ^ b ^ left;
      c = static_cast<uint32_t>(from_a >> 32) ^ d ^ right;
      b = static_cast<uint32_t>(from_c);
      d = static_cast<uint32_t>(from_a);
      left += 0x9E3779B9U;
      right += 0xBB67AE85U;
    }
    words[lane] = a;
    words[kLanes + lane] = b;
    words[2 * kLanes + lane] = c;
    words[3 * kLanes + lane] = d;
  }
}

// -2 ln(u), u uniform in (0, 1], as 2 artanh's series has it between sqrt(1/2) and sqrt(2).
inline float minus_two_ln(float u) {
  constexpr int32_t kOne = 0x3F800000, kSqrtHalf = 0x3F3504F3;
  const int32_t bits = std::bit_cast<int32_t>(u) + (kOne - kSqrtHalf);
  const auto exponent = static_cast<float>((bits >> 23) - 127);
  const float m = std::bit_cast<float>((bits & 0x007FFFFF) + kSqrtHalf);
  const float f = (m - 1) / (m + 1), f2 = f * f;
  const float ln = 2 * f * (1 + f2 * (1.0F / 3 + f2 * (1.0F / 5 + f2 * (1.0F / 7 + f2 / 9))));
  return -2 * (exponent * std::numbers::ln2_v<float> + ln);
}

// Box and Muller (1958). Sine and cosine of half the angle by their Taylor series, exact to float's resolution there.
inline void box_muller(const uint32_t* __restrict length, const uint32_t* __restrict angle, float* __restrict normals) {
#pragma omp simd
  for (size_t lane = 0; lane < kLanes; ++lane) {
    const float u = (static_cast<float>(length[lane] >> 1) + 0.5F) * 0x1p-31F;
    const float radius = std::sqrt(std::max(0.0F, minus_two_ln(u)));
    const float half = static_cast<float>(static_cast<int32_t>(angle[lane])) * (std::numbers::pi_v<float> * 0x1p-32F);
    const float h2 = half * half;
    const float sine =
        half * (1 + h2 * (-1.0F / 6 + h2 * (1.0F / 120 + h2 * (-1.0F / 5040 + h2 * (1.0F / 362880 - h2 / 39916800)))));
    const float cosine = 1 + h2 * (-0.5F + h2 * (1.0F / 24 + h2 * (-1.0F / 720 + h2 * (1.0F / 40320 - h2 / 3628800))));
    normals[lane] = radius * (1 - 2 * sine * sine);
    normals[kLanes + lane] = radius * 2 * sine * cosine;
  }
}

FOLDWAVE_FOR_EACH_CPU void add(float* __restrict signal, size_t n, float deviation, const Philox& key) {
  Words words;
  Normals normals;
  uint32_t block = 0;
  for (size_t i = 0; i < n; i += normals.size(), block += kLanes) {
    philox(key, block, words.data());
    box_muller(words.data(), words.data() + kLanes, normals.data());
    box_muller(words.data() + 2 * kLanes, words.data() + 3 * kLanes, normals.data() + 2 * kLanes);
    const size_t count = std::min(n - i, normals.size());
    for (size_t k = 0; k < count; ++k) signal[i + k] += deviation * normals[k];
  }
}

}  // namespace

void add_gaussian(std::span<float> signal, float deviation, const RandomKey& key) {
  add(signal.data(), signal.size(), deviation,
      {key.epoch, static_cast<uint32_t>(key.song), static_cast<uint32_t>(key.song >> 32), key.seed,
       static_cast<uint32_t>(key.occurrence) << 16 | key.transform});
}

}  // namespace foldwave::augment
