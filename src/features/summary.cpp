#include <algorithm>
#include <cmath>
#include <limits>

#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

struct Moments {
  double mean = 0, deviation = 0;  // of the population, as numpy.std
  float min = std::numeric_limits<float>::infinity(), max = -min;
};

Moments moments_over_time(const Mfcc& mfcc, int coefficient) {
  const auto stride = static_cast<size_t>(mfcc.n_mfcc);
  const float* first = mfcc.values.data() + coefficient;
  Moments moments;
  double sum = 0;
  for (size_t t = 0; t < static_cast<size_t>(mfcc.frames); ++t) {
    const float value = first[t * stride];
    sum += value;
    moments.min = std::min(moments.min, value);
    moments.max = std::max(moments.max, value);
  }
  moments.mean = sum / mfcc.frames;
  double squares = 0;
  for (size_t t = 0; t < static_cast<size_t>(mfcc.frames); ++t) {
    const double difference = first[t * stride] - moments.mean;
    squares += difference * difference;
  }
  moments.deviation = std::sqrt(squares / mfcc.frames);
  return moments;
}

}  // namespace

std::vector<float> mfcc_summary(const Mfcc& mfcc) {
  const auto n = static_cast<size_t>(mfcc.n_mfcc);
  std::vector<float> summary(4 * n);
  if (mfcc.frames == 0) return summary;
  for (size_t k = 0; k < n; ++k) {
    const Moments moments = moments_over_time(mfcc, static_cast<int>(k));
    summary[k] = static_cast<float>(moments.mean);
    summary[n + k] = static_cast<float>(moments.deviation);
    summary[2 * n + k] = moments.min;
    summary[3 * n + k] = moments.max;
  }
  return summary;
}

std::vector<std::string> mfcc_summary_names(int n_mfcc) {
  std::vector<std::string> names;
  for (const char* statistic : {"mean", "std", "min", "max"}) {
    for (int k = 0; k < n_mfcc; ++k) {
      const std::string number = std::to_string(k);
      names.push_back("mfcc_" + std::string(number.size() < 2 ? "0" : "") + number + "_" + statistic);
    }
  }
  return names;
}

}  // namespace foldwave::features
