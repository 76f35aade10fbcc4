#include "training/balanced_weights.h"

#include <gtest/gtest.h>

namespace foldwave::training {
namespace {

TEST(BalancedWeights, AreScikitLearns) {
  // scikit-learn: compute_class_weight("balanced", classes=np.arange(4), y=y).
  const auto weight = balanced_weights({0, 0, 0, 1, 2, 2, 2, 2, 2, 3}, 4);
  const std::vector<float> expected{0.8333333333333334F, 2.5F, 0.5F, 2.5F};
  ASSERT_EQ(weight.size(), 4U);
  for (size_t k = 0; k < 4; ++k) EXPECT_FLOAT_EQ(weight[k], expected[k]);
}

TEST(BalancedWeights, GiveAClassWithoutSongsNothing) {
  const auto weight = balanced_weights({0, 2, 0}, 3);
  EXPECT_EQ(weight, (std::vector<float>{0.75F, 0, 1.5F}));
}

}  // namespace
}  // namespace foldwave::training
