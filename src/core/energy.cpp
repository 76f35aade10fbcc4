#include "foldwave/core/energy.h"

#include <cstddef>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave {
namespace {

FOLDWAVE_FOR_EACH_CPU double sum_of_squares(const float* samples, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; ++i) sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  return sum;
}

}  // namespace

double energy(std::span<const float> samples) { return sum_of_squares(samples.data(), samples.size()); }

}  // namespace foldwave
