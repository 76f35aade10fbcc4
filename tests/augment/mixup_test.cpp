#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

AugmentConfig mixup(double alpha, double probability = 1) {
  AugmentConfig config;
  config.mixup_probability = probability;
  config.mixup_alpha = alpha;
  return config;
}

TEST(Mixup, DrawsItsSharesFromTheBetaDistribution) {
  for (const double alpha : {0.01, 0.2, 1.0, 8.0, 1000.0}) {
    double sum = 0, squares = 0;
    constexpr int n = 20000;
    for (uint64_t song = 0; song < n; ++song) {
      const double share = draw_mixup(mixup(alpha), 5, {.seed = 1, .song = song}).share;
      ASSERT_TRUE(share >= 0 && share <= 1) << share;
      sum += share / n;
      squares += share * share / n;
    }
    const double variance = 1 / (4 * (2 * alpha + 1));
    EXPECT_NEAR(sum, 0.5, 4 * std::sqrt(variance / n)) << alpha;
    EXPECT_NEAR(squares - sum * sum, variance, 0.06 * variance) << alpha;
  }
}

TEST(Mixup, DrawsEverySongAsPartner) {
  std::set<int> partners;
  for (uint64_t song = 0; song < 200; ++song)
    partners.insert(draw_mixup(mixup(1), 5, {.seed = 1, .song = song}).partner);
  EXPECT_EQ(partners, (std::set<int>{0, 1, 2, 3, 4}));
}

TEST(Mixup, IsAppliedAsOftenAsAskedFor) {
  int applied = 0;
  for (uint64_t song = 0; song < 1000; ++song) {
    const Mixup drawn = draw_mixup(mixup(1, 0.3), 5, {.seed = 1, .song = song});
    applied += drawn.partner >= 0 ? 1 : 0;
    EXPECT_TRUE(drawn.partner >= 0 || drawn.share == 1);
  }
  EXPECT_NEAR(applied, 300, 58);  // four standard deviations
}

TEST(Mixup, BlendsByShares) {
  std::vector<float> sample{1, 2, 3};
  blend(sample, std::vector<float>{5, 6, 3}, 0.25F);
  EXPECT_EQ(sample, (std::vector<float>{4, 5, 3}));
}

}  // namespace
}  // namespace foldwave::augment
