#include "training/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "../batches/small_store.h"

namespace foldwave::training {
namespace {

constexpr int classes = 3, crops = 4;

// Its logits are three numbers of the crop itself.
class FirstNumbers : public models::Network {
 public:
  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey>) override { return logits(x); }
  static torch::Tensor logits(const torch::Tensor& x) { return x.flatten(1).narrow(1, 0, classes) / 20; }
};

class Evaluate : public batches::SmallStore {
 protected:
  batches::PredictionBatches samples(const store::FeatureStore& store, const batches::PredictionConfig& config) {
    return {store, all_songs(store), plain_input(20), config, {}};
  }
};

TEST_F(Evaluate, TakesTheNormalisedGeometricMeanOfASongsCrops) {
  const store::FeatureStore store(folder);
  std::vector<double> log_sum(static_cast<size_t>(store.tracks() * classes)), count(log_sum.size());
  auto asked = samples(store, {.crops = crops});
  for (batches::Batch batch; asked.next(batch);) {
    const auto p = FirstNumbers::logits(torch::tensor(batch.x).view(batch.shape)).to(torch::kDouble).log_softmax(1);
    for (int i = 0; i < batch.size(); ++i)
      for (int k = 0; k < classes; ++k) {
        log_sum[static_cast<size_t>(batch.row[i] * classes + k)] += p[i][k].item<double>();
        ++count[static_cast<size_t>(batch.row[i] * classes + k)];
      }
  }
  FirstNumbers network;
  auto again = samples(store, {.crops = crops});
  const auto got =
      class_probabilities(network, again, static_cast<size_t>(store.tracks()), {.classes = classes, .geometric = true});
  ASSERT_EQ(got.size(), log_sum.size());
  for (size_t row = 0; row < got.size(); row += classes) {
    double sum = 0;
    for (size_t k = row; k < row + classes; ++k) sum += std::exp(log_sum[k] / count[k]);
    for (size_t k = row; k < row + classes; ++k) EXPECT_NEAR(got[k], std::exp(log_sum[k] / count[k]) / sum, 1e-6);
  }
  EXPECT_EQ(count[0], crops);
}

TEST(Accuracy, IsTheShareOfSongsThatAreGivenTheirLabel) {
  EXPECT_EQ(accuracy({0, 1, 2, 2}, {0, 1, 1, 2}), 0.75);
  EXPECT_EQ(accuracy({}, {}), 0);
}

}  // namespace
}  // namespace foldwave::training
