#include "ensemble/scores.h"

#include <gtest/gtest.h>

#include "tables.h"

namespace foldwave::ensemble {
namespace {

using test::World;

TEST(Scores, AreTheMacroF1OfTheCatalogOverAllRowsAndPerFold) {
  const World world(60, 0, 4, {1.5});
  const catalog::PredictionTable& oof = world.models[0].oof;
  const Truth truth = truth_of(oof, world.fold, world.group);
  const Score result = candidate_of("m", false, truth, oof.probability).score;
  EXPECT_EQ(result.oof_macro_f1, catalog::macro_f1(world.label, catalog::most_likely(oof.probability, 4), 4));
  EXPECT_EQ(result.fold_macro_f1.size(), 5u);
}

TEST(Scores, LeaveEachGroupOutInTurn) {
  const World world(60, 0, 4, {1.5});
  const catalog::PredictionTable& oof = world.models[0].oof;
  const std::vector<int> predicted = catalog::most_likely(oof.probability, 4);
  const std::vector<double> without = leave_one_out(truth_of(oof, world.fold, world.group), predicted);
  ASSERT_EQ(without.size(), 20u);
  const std::vector<int> rest_truth(world.label.begin() + 3, world.label.end()),
      rest_predicted(predicted.begin() + 3, predicted.end());
  EXPECT_DOUBLE_EQ(without[0], catalog::macro_f1(rest_truth, rest_predicted, 4));
}

TEST(Scores, JackknifeErrorOfAMeanIsItsStandardError) {
  // Leave-one-out means of 1, 2, 3, 4; the standard error of their mean is sqrt(5/3 / 4).
  const std::vector<double> without{3, 8.0 / 3, 7.0 / 3, 2};
  EXPECT_NEAR(jackknife_error(without), std::sqrt(5.0 / 12), 1e-12);
  EXPECT_EQ(jackknife_error(without, without), 0);
}

TEST(Scores, SpreadIsOverSongsWhereThereAreNoGroups) {
  const World world(30, 0, 3, {1});
  EXPECT_EQ(truth_of(world.models[0].oof, world.fold, {}).spread_over(), "30 songs");
  EXPECT_EQ(truth_of(world.models[0].oof, world.fold, world.group).spread_over(), "10 groups");
}

}  // namespace
}  // namespace foldwave::ensemble
