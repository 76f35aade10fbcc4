#include "features/contrast_bands.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave::features {
namespace {

constexpr double kLowestEdge = 200, kQuantile = 0.02;  // Hz; of a band's bins
constexpr int kOctaves = 6;

constexpr float kNone = std::numeric_limits<float>::infinity();

// The compiler's own vectors: whatever the machine has, these are made of.
using Floats = float __attribute__((vector_size(ContrastBands::kLanes * sizeof(float))));
using Ints = int32_t __attribute__((vector_size(ContrastBands::kLanes * sizeof(float))));

// Until every lane of `least` holds the least of all and of `count` the sum: each half with the other, ever smaller.
inline void gather_lanes(Floats& least, Ints& count) {
  const auto step = [&](const Floats other, const Ints more) {
    least = other < least ? other : least;
    count += more;
  };
  step(__builtin_shufflevector(least, least, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
       __builtin_shufflevector(count, count, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  step(__builtin_shufflevector(least, least, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11),
       __builtin_shufflevector(count, count, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  step(__builtin_shufflevector(least, least, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13),
       __builtin_shufflevector(count, count, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  step(__builtin_shufflevector(least, least, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14),
       __builtin_shufflevector(count, count, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
}

// Mean root of the `count` smallest magnitudes of `keys`: [n], n a multiple of kLanes, filled up with kNone. One
// distinct key a pass: the few that are wanted cost less so than any sorting, because a pass is a handful of vector
// instructions.
FOLDWAVE_FOR_EACH_CPU double mean_root_of_smallest(const float* keys, size_t n, size_t count) {
  constexpr size_t kLanes = ContrastBands::kLanes;
  float key = -kNone;  // taken up to here
  double sum = 0;
  for (size_t taken = 0;;) {
    Floats next = Floats{} + kNone;
    Ints up_to_key = {};
    for (size_t i = 0; i < n; i += kLanes) {
      Floats some;
      std::memcpy(&some, keys + i, sizeof some);
      up_to_key -= some <= key;  // true is -1
      const Floats above = some > key ? some : Floats{} + kNone;
      next = above < next ? above : next;
    }
    gather_lanes(next, up_to_key);
    const auto reached = static_cast<size_t>(up_to_key[0]);
    const float least = next[0];
    if (reached > taken) {
      const size_t equal = std::min(reached, count) - taken;
      sum += static_cast<double>(equal) * std::sqrt(static_cast<double>(std::abs(key)));
      taken += equal;
    }
    if (taken + 1 == count) return (sum + std::sqrt(static_cast<double>(std::abs(least)))) / static_cast<double>(count);
    if (taken == count) return sum / static_cast<double>(count);
    key = least;
  }
}

}  // namespace

// As librosa: every band begins one bin below its lower edge and leaves its last bin to the next one; the fiftieth is
// of the bins before that last one is left out.
ContrastBands::ContrastBands(int sample_rate, int n_fft) {
  const double hz_per_bin = static_cast<double>(sample_rate) / n_fft;
  const auto bins = static_cast<size_t>(n_fft / 2) + 1;
  double low = 0, high = kLowestEdge;
  for (int octave = 0; octave <= kOctaves && low < sample_rate / 2.0; ++octave) {
    const bool last = octave == kOctaves || high >= sample_rate / 2.0;
    // Where the lower edge falls on a bin, that bin is also the last of the band before: they share the one below it.
    const auto first = static_cast<size_t>(std::ceil(low / hz_per_bin));
    const size_t begin = octave == 0 ? 0 : std::min(bands_.back().end, std::max<size_t>(first, 1) - 1);
    const auto edge = static_cast<size_t>(std::floor(high / hz_per_bin));  // the last bin of the band
    size_t end = last ? bins : std::min(edge, bins);
    if (end <= begin && begin < bins) end = begin + 1;  // a coarse spectrum: a bin for each band while there are some
    const size_t members = end - begin + (last ? 0 : 1);
    if (end > begin) {
      const auto extremes = static_cast<size_t>(std::nearbyint(kQuantile * static_cast<double>(members)));
      bands_.push_back({begin, end, std::clamp<size_t>(extremes, 1, end - begin)});
    }
    low = high;
    high *= 2;
  }
  keys_.resize(bins + kLanes);
}

void ContrastBands::operator()(std::span<const float> power, std::span<float> peak, std::span<float> valley) {
  for (size_t b = 0; b < bands_.size(); ++b) {
    const auto& [begin, end, extremes] = bands_[b];
    const size_t bins = end - begin, padded = (bins + kLanes - 1) / kLanes * kLanes;
    std::fill(keys_.begin() + static_cast<std::ptrdiff_t>(bins), keys_.begin() + static_cast<std::ptrdiff_t>(padded),
              kNone);
    for (size_t i = 0; i < bins; ++i) keys_[i] = power[begin + i];
    valley[b] = static_cast<float>(mean_root_of_smallest(keys_.data(), padded, extremes));
    for (size_t i = 0; i < bins; ++i) keys_[i] = -keys_[i];
    peak[b] = static_cast<float>(mean_root_of_smallest(keys_.data(), padded, extremes));
  }
}

}  // namespace foldwave::features
