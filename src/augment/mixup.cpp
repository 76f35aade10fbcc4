#include <cmath>

#include "augment/draws.h"
#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

// ln of a Gamma(shape, 1) variate: Marsaglia and Tsang (2000), with U^(1/shape) for shapes below 1; as a logarithm, for
// small shapes give numbers below the least double.
double draw_ln_gamma(Random& random, double shape) {
  if (shape < 1) {
    const double grown = draw_ln_gamma(random, shape + 1);
    return grown + std::log(1 - random.uniform()) / shape;
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal(), v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(1 - random.uniform()) < 0.5 * x * x + d * (1 - v + std::log(v))) return std::log(d * v);
  }
}

double draw_beta(Random& random, double alpha) {
  const double a = draw_ln_gamma(random, alpha), b = draw_ln_gamma(random, alpha);
  return 1 / (1 + std::exp(b - a));
}

}  // namespace

Mixup draw_mixup(const AugmentConfig& config, int songs, RandomKey key) {
  Random random = draws(key, draw::mixup);
  if (!applies(random, config.mixup_probability)) return {};
  const int partner = static_cast<int>(random.below(static_cast<uint64_t>(songs)));
  return {static_cast<float>(draw_beta(random, config.mixup_alpha)), partner};
}

void blend(std::span<float> sample, std::span<const float> partner, float share) {
  const float rest = 1 - share;
  for (size_t i = 0; i < sample.size(); ++i) sample[i] = share * sample[i] + rest * partner[i];
}

}  // namespace foldwave::augment
