#include "features/waveform_frames.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "foldwave/core/energy.h"
#include "foldwave/core/for_each_cpu.h"

namespace foldwave::features {
namespace {

constexpr float kZero = 1e-10F;  // up to this a sample counts as zero, which is positive

// Pairs (i, i + 1), i = 0 .. n - 2, of different sign.
FOLDWAVE_FOR_EACH_CPU int32_t crossings(const float* __restrict samples, size_t n) {
  int32_t count = 0;
  for (size_t i = 0; i + 1 < n; ++i) count += (samples[i] < -kZero) != (samples[i + 1] < -kZero);
  return count;
}

template <class OfFrame>
void for_each_frame(std::span<const float> mono, int frame_length, int hop_length, std::vector<float>& values,
                    OfFrame of_frame) {
  const auto samples = static_cast<int64_t>(mono.size());
  values.resize(static_cast<size_t>(1 + samples / hop_length));
  for (size_t t = 0; t < values.size(); ++t) {
    const int64_t start = static_cast<int64_t>(t) * hop_length - frame_length / 2;
    const int64_t begin = std::clamp<int64_t>(start, 0, samples);
    const int64_t end = std::clamp<int64_t>(start + frame_length, 0, samples);
    values[t] = of_frame(mono.data() + begin, static_cast<size_t>(end - begin));
  }
}

}  // namespace

void zero_crossing_rates(std::span<const float> mono, int frame_length, int hop_length, std::vector<float>& rates) {
  for_each_frame(mono, frame_length, hop_length, rates, [&](const float* samples, size_t n) {
    return static_cast<float>(crossings(samples, n)) / static_cast<float>(frame_length);
  });
}

void root_mean_squares(std::span<const float> mono, int frame_length, int hop_length, std::vector<float>& rms) {
  for_each_frame(mono, frame_length, hop_length, rms, [&](const float* samples, size_t n) {
    return static_cast<float>(std::sqrt(energy({samples, n}) / frame_length));
  });
}

}  // namespace foldwave::features
