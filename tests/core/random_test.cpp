#include "foldwave/core/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace foldwave {
namespace {

TEST(Random, GivesTheKnownAnswersOfPhilox) {
  // Random123's kat_vectors, "philox4x32 10": counter and key zero.
  Random random(RandomKey{});
  EXPECT_EQ(random.bits(), 0x6627e8d5U);
  EXPECT_EQ(random.bits(), 0xe169c58dU);
  EXPECT_EQ(random.bits(), 0xbc57ac4cU);
  EXPECT_EQ(random.bits(), 0x9b00dbd8U);
}

TEST(Random, DependsOnEveryPartOfItsKey) {
  const RandomKey base{1, 2, 3, 4, 5};
  std::set<uint32_t> first{Random(base).bits()};
  for (const RandomKey key :
       {RandomKey{9, 2, 3, 4, 5}, RandomKey{1, 9, 3, 4, 5}, RandomKey{1, 2, 9, 4, 5},
        RandomKey{1, 2, 3 + (1ULL << 40), 4, 5}, RandomKey{1, 2, 3, 9, 5}, RandomKey{1, 2, 3, 4, 9}})
    EXPECT_TRUE(first.insert(Random(key).bits()).second);
}

TEST(Random, HasTheMomentsOfItsDistributions) {
  Random random({7, 0, 0, 0, 0});
  const int n = 200000;
  double uniform = 0, normal = 0, square = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform(), z = random.normal();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    uniform += u / n;
    normal += z / n;
    square += z * z / n;
  }
  // Five standard errors of each mean.
  EXPECT_NEAR(uniform, 0.5, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(normal, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(square, 1, 5 * std::sqrt(2.0 / n));
}

TEST(Random, ShufflesIntoEveryOrderEquallyOften) {
  std::map<std::vector<int>, int> seen;
  for (uint32_t seed = 0; seed < 6000; ++seed) ++seen[shuffled(3, Random({seed, 0, 0, 0, draw::shuffle}))];
  EXPECT_EQ(seen.size(), 6U);
  for (const auto& [order, times] : seen) EXPECT_NEAR(times, 1000, 150);  // five standard deviations
}

}  // namespace
}  // namespace foldwave
