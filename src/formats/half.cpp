#include "foldwave/formats/half.h"

#include <bit>

#include "foldwave/core/errors.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace foldwave::formats {
namespace {

constexpr uint32_t float_infinity = 0x7f800000u;

void require_equal_sizes(size_t from, size_t to) {
  if (from != to)
    throw SystemError("converting " + std::to_string(from) + " numbers into room for " + std::to_string(to));
}

#if defined(__x86_64__)
bool has_f16c() {
  static const bool has =
      __builtin_cpu_supports("avx2");  // every CPU with AVX2 has F16C, which clang 14 cannot ask for
  return has;
}

// Both give the same bits as the scalar functions, NaN included, and return how many they converted.
__attribute__((target("avx,f16c"))) size_t convert_eights(std::span<const float> from, Half* to) {
  size_t i = 0;
  for (; i + 8 <= from.size(); i += 8) {
    const __m128i eight = _mm256_cvtps_ph(_mm256_loadu_ps(from.data() + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), eight);
  }
  return i;
}
__attribute__((target("avx,f16c"))) size_t convert_eights(std::span<const Half> from, float* to) {
  size_t i = 0;
  for (; i + 8 <= from.size(); i += 8) {
    const __m128i eight = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from.data() + i));
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(eight));
  }
  return i;
}
#else
bool has_f16c() { return false; }
size_t convert_eights(std::span<const float>, Half*) { return 0; }
size_t convert_eights(std::span<const Half>, float*) { return 0; }
#endif

}  // namespace

Half to_half(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint16_t sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > float_infinity)
    return {static_cast<uint16_t>(sign | 0x7e00u | (magnitude >> 13 & 0x3ffu))};  // quiet NaN
  if (magnitude >= 0x477ff000u) return {static_cast<uint16_t>(sign | 0x7c00u)};   // 65520 and more round to infinity
  if (magnitude < 0x38800000u) {                                      // below 2^-14: subnormal, units of 2^-24
    const float half_units = std::bit_cast<float>(magnitude) + 0.5f;  // the addition rounds: its unit is 2^-24
    return {static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(half_units) - 0x3f000000u))};
  }
  const uint32_t odd = magnitude >> 13 & 1u;
  return {static_cast<uint16_t>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13))};
}

float to_float(Half value) {
  const uint32_t sign = (value.bits & 0x8000u) << 16;
  const uint32_t exponent = value.bits >> 10 & 0x1fu;
  const uint32_t fraction = value.bits & 0x3ffu;
  if (exponent == 0x1f) {
    const uint32_t quiet = fraction != 0 ? 0x400000u : 0u;
    return std::bit_cast<float>(sign | float_infinity | quiet | fraction << 13);
  }
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

void to_half(std::span<const float> from, std::span<Half> to) {
  require_equal_sizes(from.size(), to.size());
  for (size_t i = has_f16c() ? convert_eights(from, to.data()) : 0; i < from.size(); ++i) to[i] = to_half(from[i]);
}

void to_float(std::span<const Half> from, std::span<float> to) {
  require_equal_sizes(from.size(), to.size());
  for (size_t i = has_f16c() ? convert_eights(from, to.data()) : 0; i < from.size(); ++i) to[i] = to_float(from[i]);
}

}  // namespace foldwave::formats
