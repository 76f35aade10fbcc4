#include "foldwave/augment/varispeed.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <tuple>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave::augment {
namespace {

constexpr int kCrossings = 24;   // of the sinc, on either side
constexpr int kPositions = 512;  // between two samples
constexpr double kHalfAPosition = 0.5 / kPositions;
constexpr double kCutoff = 0.95;  // of the lower Nyquist frequency: where half the amplitude is left
constexpr double kBeta = 7;       // Kaiser's window: 70 dB

using Lanes = Varispeed::Lanes;
constexpr size_t kLanes = std::tuple_size_v<decltype(Lanes::of)>;

double scale_of(double speed) { return std::min(1.0, 1 / speed); }

// The kernel at a speed of up to 1, at v = 0, 1 / kPositions, ... kCrossings, and one more to interpolate from.
std::vector<float> make_prototype() {
  std::vector<float> values(kCrossings * kPositions + 2);
  for (size_t i = 0; i < values.size(); ++i) {
    const double v = static_cast<double>(i) / kPositions, x = std::numbers::pi * kCutoff * v;
    const double inside = std::max(0.0, 1 - v * v / (kCrossings * kCrossings));
    const double window = std::cyl_bessel_i(0, kBeta * std::sqrt(inside)) / std::cyl_bessel_i(0, kBeta);
    values[i] = static_cast<float>(kCutoff * (i == 0 ? 1 : std::sin(x) / x) * window);
  }
  return values;
}

// kernels[position][tap], tap 0 of which lies half - 1 samples before the sample that the position follows.
FOLDWAVE_FOR_EACH_CPU void stretch(const float* prototype, float scale, int half, float* __restrict kernels) {
  constexpr auto last = static_cast<float>(kCrossings);
  for (int position = 0; position <= kPositions; ++position, kernels += 2 * half) {
    const float offset = 1 - static_cast<float>(half) - static_cast<float>(position) / kPositions;
    for (int tap = 0; tap < 2 * half; ++tap) {
      const float place = std::min(std::abs(scale * (offset + static_cast<float>(tap))), last) * kPositions;
      const int i = static_cast<int>(place);
      kernels[tap] = scale * (prototype[i] + (place - static_cast<float>(i)) * (prototype[i + 1] - prototype[i]));
    }
  }
}

// A register of the widest there are, and the same at any address: with a memcpy the compiler goes through the stack.
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using FloatsInMemory = float __attribute__((vector_size(kLanes * sizeof(float)), aligned(alignof(float)), may_alias));

// By halves: one lane after the other would take longer than the products.
inline __attribute__((always_inline)) float sum_of(const Floats& all) {
  const auto eight = __builtin_shufflevector(all, all, 0, 1, 2, 3, 4, 5, 6, 7) +
                     __builtin_shufflevector(all, all, 8, 9, 10, 11, 12, 13, 14, 15);
  const auto four =
      __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  const auto two = four + __builtin_shufflevector(four, four, 2, 3, 0, 1);
  return two[0] + two[1];
}

inline __attribute__((always_inline)) void products(const float* in, const Lanes* kernels, int64_t groups, double speed,
                                                    float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const double place = speed * static_cast<double>(i);
    const auto whole = static_cast<int64_t>(place);
    const auto position = static_cast<int64_t>((place - static_cast<double>(whole) + kHalfAPosition) * kPositions);
    const auto* samples = reinterpret_cast<const FloatsInMemory*>(in + whole);
    const auto* weights = reinterpret_cast<const Floats*>(kernels + position * groups);
    Floats sums = {};
    for (int64_t group = 0; group < groups; ++group) sums += samples[group] * weights[group];
    out[i] = sum_of(sums);
  }
}

// The shifts of up to four semitones have loops of their own, which the compiler unrolls.
FOLDWAVE_FOR_EACH_CPU void interpolate(const float* in, const Lanes* kernels, int64_t groups, double speed, float* out,
                                       int64_t n) {
  if (groups == 3) return products(in, kernels, 3, speed, out, n);
  if (groups == 4) return products(in, kernels, 4, speed, out, n);
  products(in, kernels, groups, speed, out, n);
}

}  // namespace

int Varispeed::margin(double speed) {
  constexpr int half_lanes = static_cast<int>(kLanes) / 2;
  const int needed = static_cast<int>(std::ceil(kCrossings / scale_of(speed)));
  return (needed + half_lanes - 1) / half_lanes * half_lanes;  // both sides together fill whole vectors
}

void Varispeed::make_kernels(double scale) {
  static const std::vector<float> prototype = make_prototype();
  const int half = margin(1 / scale);
  scale_ = scale;
  groups_ = 2 * static_cast<size_t>(half) / kLanes;
  kernels_.resize((kPositions + 1) * groups_);
  stretch(prototype.data(), static_cast<float>(scale), half, kernels_.front().of.data());
}

void Varispeed::operator()(std::span<const float> mono, double speed, std::vector<float>& out) {
  if (mono.empty()) return out.clear();
  if (const double scale = scale_of(speed); scale != scale_) make_kernels(scale);
  const size_t taps = groups_ * kLanes, before = taps / 2 - 1;
  padded_.assign(mono.size() + taps, 0.0F);
  std::copy(mono.begin(), mono.end(), padded_.begin() + static_cast<std::ptrdiff_t>(before));
  out.resize(1 + static_cast<size_t>(static_cast<double>(mono.size() - 1) / speed));
  interpolate(padded_.data(), kernels_.data(), static_cast<int64_t>(groups_), speed, out.data(),
              static_cast<int64_t>(out.size()));
}

}  // namespace foldwave::augment
