#include "foldwave/augment/varispeed.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave::augment {
namespace {

constexpr int kCrossings = 24;    // of the sinc, on either side
constexpr int kPositions = 512;   // between two samples
constexpr double kCutoff = 0.95;  // of the lower Nyquist frequency: where half the amplitude is left
constexpr double kBeta = 7;       // Kaiser's window: 70 dB
constexpr size_t kLanes = 16;

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

float at(const std::vector<float>& prototype, double v) {
  const double place = std::min(std::abs(v), static_cast<double>(kCrossings)) * kPositions;
  const auto i = static_cast<size_t>(place);
  return std::lerp(prototype[i], prototype[i + 1], static_cast<float>(place - static_cast<double>(i)));
}

// Half the lanes, which a register holds on most CPUs, at any address: with a memcpy the compiler goes through the
// stack.
using Floats = float __attribute__((vector_size(kLanes / 2 * sizeof(float))));
using FloatsInMemory =
    float __attribute__((vector_size(kLanes / 2 * sizeof(float)), aligned(alignof(float)), may_alias));

// By halves: one lane after the other would take longer than the products.
inline float sum_of(const Floats& eight) {
  const auto four =
      __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  const auto two = four + __builtin_shufflevector(four, four, 2, 3, 0, 1);
  return two[0] + two[1];
}

FOLDWAVE_FOR_EACH_CPU void interpolate(const float* in, const float* kernels, size_t taps, double speed, float* out,
                                       size_t n) {
  for (size_t i = 0; i < n; ++i) {
    const double place = speed * static_cast<double>(i);
    const auto whole = static_cast<size_t>(place);
    const auto position = static_cast<size_t>(std::lrint((place - static_cast<double>(whole)) * kPositions));
    const float *sample = in + whole, *weight = kernels + position * taps;
    Floats first = {}, second = {};
    for (size_t tap = 0; tap < taps; tap += kLanes) {
      const auto* samples = reinterpret_cast<const FloatsInMemory*>(sample + tap);
      const auto* weights = reinterpret_cast<const FloatsInMemory*>(weight + tap);
      first += samples[0] * weights[0];
      second += samples[1] * weights[1];
    }
    out[i] = sum_of(first + second);
  }
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
  taps_ = 2 * static_cast<size_t>(half);
  kernels_.resize((kPositions + 1) * taps_);
  float* kernel = kernels_.data();
  for (int position = 0; position <= kPositions; ++position) {
    for (int tap = 1 - half; tap <= half; ++tap)
      *kernel++ = static_cast<float>(scale) * at(prototype, scale * (tap - static_cast<double>(position) / kPositions));
  }
}

void Varispeed::operator()(std::span<const float> mono, double speed, std::vector<float>& out) {
  out.clear();
  if (mono.empty()) return;
  if (const double scale = scale_of(speed); scale != scale_) make_kernels(scale);
  const size_t before = taps_ / 2 - 1;
  padded_.assign(mono.size() + taps_, 0.0F);
  std::copy(mono.begin(), mono.end(), padded_.begin() + static_cast<std::ptrdiff_t>(before));
  out.resize(1 + static_cast<size_t>(static_cast<double>(mono.size() - 1) / speed));
  interpolate(padded_.data(), kernels_.data(), taps_, speed, out.data(), out.size());
}

}  // namespace foldwave::augment
