#include "features/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave::features {
namespace {

constexpr size_t kAtOnce = 16;  // columns that are looked at together: a cache line of each row

FOLDWAVE_FOR_EACH_CPU void add(const float* __restrict row, size_t columns, double* __restrict sums) {
  for (size_t k = 0; k < columns; ++k) sums[k] += static_cast<double>(row[k]);
}

FOLDWAVE_FOR_EACH_CPU void add_squares(const float* __restrict row, const double* __restrict mean, size_t columns,
                                       double* __restrict sums) {
  for (size_t k = 0; k < columns; ++k) {
    const double difference = static_cast<double>(row[k]) - mean[k];
    sums[k] += difference * difference;
  }
}

struct Place {
  size_t below;     // rank
  double fraction;  // of the way to the next
};

Place place_of(double quantile, size_t frames) {
  const double position = quantile * static_cast<double>(frames - 1);
  const auto below = static_cast<size_t>(position);
  return {below, position - static_cast<double>(below)};
}

using Keys = int32_t __attribute__((vector_size(kAtOnce * sizeof(int32_t))));  // one of each column

// Floats as integers of the same order, and back: the same function.
inline int32_t reordered(int32_t bits) { return bits ^ ((bits >> 31) & 0x7FFFFFFF); }

// Of kAtOnce columns side by side, each sorted: the value of rank `rank` and the one behind it. Bit by bit from the
// top, a bit is set where no more than `rank` keys lie below: no branch depends on a value, and all columns go
// together.
FOLDWAVE_FOR_EACH_CPU void select(const int32_t* keys, size_t frames, size_t rank, float* value, float* next) {
  constexpr int32_t kSign = std::numeric_limits<int32_t>::min();
  const auto wanted = static_cast<int32_t>(rank);
  Keys found = Keys{} + kSign;  // keys begin at the lowest integer
  for (int bit = 31; bit >= 0; --bit) {
    const Keys candidate = found ^ static_cast<int32_t>(uint32_t{1} << bit);
    Keys below = {};
    for (size_t t = 0; t < frames; ++t) {
      Keys row;
      std::memcpy(&row, keys + t * kAtOnce, sizeof row);
      below -= row < candidate;  // true is -1
    }
    found = below <= wanted ? candidate : found;
  }
  Keys up_to = {}, behind = Keys{} + std::numeric_limits<int32_t>::max();
  for (size_t t = 0; t < frames; ++t) {
    Keys row;
    std::memcpy(&row, keys + t * kAtOnce, sizeof row);
    up_to -= row <= found;
    const Keys above = row > found ? row : Keys{} + std::numeric_limits<int32_t>::max();
    behind = above < behind ? above : behind;
  }
  behind = up_to > wanted + 1 ? found : behind;
  for (size_t k = 0; k < kAtOnce; ++k) {
    value[k] = std::bit_cast<float>(reordered(found[k]));
    next[k] = std::bit_cast<float>(reordered(behind[k]));
  }
}

void percentile(const std::vector<int32_t>& keys, double quantile, size_t columns, float* out) {
  const size_t frames = keys.size() / kAtOnce;
  const Place place = place_of(quantile, frames);
  float value[kAtOnce], next[kAtOnce];
  select(keys.data(), frames, place.below, value, next);
  for (size_t k = 0; k < columns; ++k) {
    const double step = place.fraction == 0 ? 0 : static_cast<double>(next[k]) - static_cast<double>(value[k]);
    out[k] = static_cast<float>(static_cast<double>(value[k]) + place.fraction * step);
  }
}

}  // namespace

void Statistics::append(std::span<const float> values, size_t columns, std::vector<float>& summary) {
  const size_t frames = values.size() / columns, first = summary.size();
  summary.resize(first + kStatistics.size() * columns);
  float* mean = summary.data() + first;
  float *deviation = mean + columns, *p10 = deviation + columns, *p90 = p10 + columns;
  sums_.assign(2 * columns, 0);
  double *sum = sums_.data(), *squares = sum + columns;
  for (size_t t = 0; t < frames; ++t) add(values.data() + t * columns, columns, sum);
  for (size_t k = 0; k < columns; ++k) sum[k] /= static_cast<double>(frames);
  for (size_t t = 0; t < frames; ++t) add_squares(values.data() + t * columns, sum, columns, squares);
  for (size_t k = 0; k < columns; ++k) {
    mean[k] = static_cast<float>(sum[k]);
    deviation[k] = static_cast<float>(std::sqrt(squares[k] / static_cast<double>(frames)));
  }
  keys_.resize(kAtOnce * frames);
  for (size_t begin = 0; begin < columns; begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, columns - begin);
    for (size_t t = 0; t < frames; ++t) {
      for (size_t k = 0; k < count; ++k)
        keys_[t * kAtOnce + k] = reordered(std::bit_cast<int32_t>(values[t * columns + begin + k]));
    }
    percentile(keys_, 0.1, count, p10 + begin);
    percentile(keys_, 0.9, count, p90 + begin);
  }
}

}  // namespace foldwave::features
