#include "ensemble/blends.h"

#include <gtest/gtest.h>

#include <cmath>

namespace foldwave::ensemble {
namespace {

Inputs two_models(std::vector<float> a, std::vector<float> b) {
  return {.classes = 2, .rows = a.size() / 2, .model = {std::move(a), std::move(b)}};
}

TEST(Blends, MeanIsTheMeanProbability) {
  EXPECT_EQ(mean(two_models({0.25f, 0.75f}, {0.75f, 0.25f})), (std::vector<float>{0.5f, 0.5f}));
}

TEST(Blends, GeometricMeanIsTheNormalisedRootOfTheProduct) {
  const std::vector<float> blended = geometric_mean(two_models({0.9f, 0.1f}, {0.5f, 0.5f}));
  EXPECT_NEAR(blended[0], 3.0 / 4.0, 1e-6);  // sqrt(0.45) : sqrt(0.05) = 3 : 1
  EXPECT_NEAR(blended[1], 1.0 / 4.0, 1e-6);
}

TEST(Blends, GeometricMeanLetsNoModelForbidAClass) {
  const std::vector<float> blended = geometric_mean(two_models({1, 0}, {0.01f, 0.99f}));
  EXPECT_GT(blended[1], 0);
  EXPECT_NEAR(blended[1] / blended[0], std::sqrt(1e-7 * 0.99 / 0.01), 1e-6);
}

TEST(Blends, GreedyWeightsLeaveOutAModelThatOnlyHarms) {
  const Inputs inputs = two_models({0.9f, 0.1f, 0.2f, 0.8f, 0.7f, 0.3f}, {0.1f, 0.9f, 0.9f, 0.1f, 0.3f, 0.7f});
  EXPECT_EQ(greedy_weights(inputs, {0, 1, 0}), (std::vector<double>{1, 0}));
}

TEST(Blends, GreedyWeightsMixModelsThatKnowDifferentThings) {
  const Inputs inputs = two_models({0.99f, 0.01f, 0.55f, 0.45f}, {0.45f, 0.55f, 0.01f, 0.99f});
  const std::vector<double> weight = greedy_weights(inputs, {0, 1});
  EXPECT_GT(weight[0], 0.2);
  EXPECT_GT(weight[1], 0.2);
  EXPECT_NEAR(weight[0] + weight[1], 1, 1e-12);
}

}  // namespace
}  // namespace foldwave::ensemble
