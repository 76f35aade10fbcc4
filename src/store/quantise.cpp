#include "store/quantise.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>

namespace foldwave::store {
namespace {

constexpr float largest_int16 = 32767;

}  // namespace

// Without their signs, floats are in the order of their bits, and integers are compared several at a time. A step below
// the normal numbers would be too coarse to divide by, and is of a track that nobody hears.
float step_size(std::span<const float> waveform) {
  int32_t loudest = 0;
  for (const float sample : waveform) loudest = std::max(loudest, std::bit_cast<int32_t>(sample) & 0x7fffffff);
  const float step = std::bit_cast<float>(loudest) / largest_int16;
  return step < std::numeric_limits<float>::min() ? 0 : step;
}

// Rounds as lrint does, but several at a time: at 1.5 * 2^23 the unit of a float is 1, so the addition rounds, and the
// last 16 bits of the sum are those of the step. No sample is more than 32767 steps, so nothing is clamped.
void quantise(std::span<const float> waveform, float step, std::span<int16_t> steps) {
  if (step == 0) {
    std::fill(steps.begin(), steps.end(), int16_t{0});
    return;
  }
  const float* sample = waveform.data();
  int16_t* out = steps.data();
  for (size_t i = 0; i < steps.size(); ++i) {
    out[i] = static_cast<int16_t>(std::bit_cast<int32_t>(sample[i] / step + 0x1.8p23f));
  }
}

}  // namespace foldwave::store
