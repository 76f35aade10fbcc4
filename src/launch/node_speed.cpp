#include "foldwave/launch/node_speed.h"

#include <algorithm>
#include <array>

#include "foldwave/core/clock.h"

namespace foldwave::launch {
namespace {

constexpr int kSize = 32;
using Matrix = std::array<float, kSize * kSize>;

void multiply(const Matrix& a, const Matrix& b, Matrix& product) {
  product.fill(0);
  for (int row = 0; row < kSize; ++row)
    for (int k = 0; k < kSize; ++k)
      for (int column = 0; column < kSize; ++column)
        product[row * kSize + column] += a[row * kSize + k] * b[k * kSize + column];
}

}  // namespace

double work_per_s() {
  constexpr int slices = 4;
  constexpr double slice_s = 0.005;
  Matrix a, b, product;
  a.fill(0.5F);
  b.fill(1.0F / kSize);  // products stay what they were
  double best = 0;
  for (int slice = 0; slice < slices; ++slice) {
    const double began = monotonic_s();
    int done = 0;
    for (; monotonic_s() - began < slice_s; ++done) {
      multiply(a, b, product);
      std::swap(a, product);
    }
    best = std::max(best, done / (monotonic_s() - began));
  }
  return best;
}

}  // namespace foldwave::launch
