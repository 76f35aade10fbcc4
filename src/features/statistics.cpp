#include "features/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "features/for_each_cpu.h"

namespace foldwave::features {
namespace {

constexpr size_t kAtOnce = 16;  // columns that are gathered together: a cache line of each row

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

// The value at `place` among [first, last), sorted as far as that takes: what is before place.below is not larger.
float at(float* first, float* last, Place place, float* origin) {
  float* nth = origin + place.below;
  std::nth_element(first, nth, last);
  if (place.fraction == 0 || nth + 1 == last) return *nth;
  const float next = *std::min_element(nth + 1, last);
  return static_cast<float>(*nth + place.fraction * (static_cast<double>(next) - static_cast<double>(*nth)));
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
  const Place low = place_of(0.1, frames), high = place_of(0.9, frames);
  column_.resize(kAtOnce * frames);
  for (size_t begin = 0; begin < columns; begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, columns - begin);
    for (size_t t = 0; t < frames; ++t) {
      for (size_t k = 0; k < count; ++k) column_[k * frames + t] = values[t * columns + begin + k];
    }
    for (size_t k = 0; k < count; ++k) {
      float *origin = column_.data() + k * frames, *end = origin + frames;
      p10[begin + k] = at(origin, end, low, origin);
      p90[begin + k] = at(origin + low.below, end, high, origin);
    }
  }
}

}  // namespace foldwave::features
