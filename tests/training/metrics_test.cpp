#include "training/metrics.h"

#include <gtest/gtest.h>

namespace foldwave::training {
namespace {

TEST(Tally, HasTheMacroF1OfTheWholeSet) {
  const std::vector<int> truth{0, 0, 1, 2, 2, 2}, guess{0, 1, 1, 2, 0, 2};
  Tally tally(4), half(4);  // class 3 occurs in neither
  for (size_t i = 0; i < truth.size(); ++i) {
    Tally& part = i % 2 == 0 ? tally : half;
    part.hits[truth[i]] += truth[i] == guess[i];
    ++part.predicted[guess[i]];
    ++part.truth[truth[i]];
  }
  tally.add(half);
  EXPECT_DOUBLE_EQ(tally.macro_f1(), catalog::macro_f1(truth, guess, 4));
  EXPECT_EQ(tally.songs(), 6);
}

TEST(Tally, SurvivesTheWayThroughFloats) {
  Tally tally(2);
  tally.loss = 1.5;
  tally.hits = {1, 2};
  tally.predicted = {3, 4};
  tally.truth = {5, 6};
  std::vector<float> floats(tally_floats(2));
  pack(tally, floats);
  const Tally again = unpack(floats, 2);
  EXPECT_EQ(again.loss, 1.5);
  EXPECT_EQ(again.hits, tally.hits);
  EXPECT_EQ(again.predicted, tally.predicted);
  EXPECT_EQ(again.truth, tally.truth);
}

TEST(MetricsCsv, HasOneRowAnEpoch) {
  EXPECT_EQ(metrics_csv({{.epoch = 1,
                          .lr = 0.001,
                          .train_loss = 1.5,
                          .train_macro_f1 = 0.25,
                          .valid_loss = 1.25,
                          .valid_macro_f1 = 0.5,
                          .seconds = 3}}),
            "epoch,lr,train_loss,train_macro_f1,valid_loss,valid_macro_f1,seconds\n1,0.001,1.5,0.25,1.25,0.5,3\n");
}

}  // namespace
}  // namespace foldwave::training
