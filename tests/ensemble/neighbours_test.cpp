#include <gtest/gtest.h>

#include <algorithm>

#include "tables.h"

namespace foldwave::ensemble {
namespace {

using test::named;
using test::World;

TEST(WithNeighbours, AveragesARowWithThoseOfItsNeighboursByTheSquareOfTheirLikeness) {
  catalog::PredictionTable table;
  table.classes = 2;
  table.song_id = {"a", "b", "c"};
  table.label = {0, 1, 1};
  table.probability = {0.9F, 0.1F, 0.5F, 0.5F, 0.2F, 0.8F};
  const catalog::PredictionTable mixed = with_neighbours(table, {{{1, 0.5F}, {2, 1}}, {{0, 0.1F}}, {}});
  // (0.9 + 0.25 * 0.5 + 0.2) / 2.25, (0.5 + 0.01 * 0.9) / 1.01: of what was said before, not of what became of it.
  const std::vector<float> expected{1.225F / 2.25F, 1.025F / 2.25F, 0.509F / 1.01F, 0.501F / 1.01F, 0.2F, 0.8F};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(mixed.probability[i], expected[i], 1e-6) << i;
  EXPECT_NEAR(mixed.macro_f1, 2.0 / 3, 1e-6) << "b is taken for 0 now";
}

TEST(WithNeighbours, LeavesATableWithoutNeighboursAsItIs) {
  const World world(30, 6, 3, {1});
  EXPECT_EQ(with_neighbours(world.models[0].oof, Neighbours(30)).probability, world.models[0].oof.probability);
  EXPECT_EQ(with_neighbours(world.models[0].test, {}).probability, world.models[0].test.probability);
}

// Rows 3n, 3n + 1 and 3n + 2 of World are of one group and one class.
Neighbours of_the_group(int rows) {
  Neighbours neighbours(static_cast<size_t>(rows));
  for (int row = 0; row < rows; ++row)
    for (int other = row / 3 * 3; other < std::min(rows, row / 3 * 3 + 3); ++other)
      if (other != row) neighbours[static_cast<size_t>(row)].push_back({other, 1});
  return neighbours;
}

// Of another class each.
Neighbours of_others(int rows) {
  Neighbours neighbours(static_cast<size_t>(rows));
  for (int row = 0; row < rows; ++row) neighbours[static_cast<size_t>(row)].push_back({(row + 3) % rows, 1});
  return neighbours;
}

TEST(StackWithNeighbours, KeepsThemWhereTheyScoreHigherAndSaysSo) {
  const World world(300, 12, 4, {1, 1.5});
  const StackConfig config{.method = "mean", .neighbours = 2};
  const StackOutcome alone = stack(world.models, world.fold, world.group, config);
  const StackOutcome with = stack(world.models, world.fold, world.group, config, of_the_group(300), of_the_group(12));
  EXPECT_GT(with.oof.macro_f1, alone.oof.macro_f1 + 0.05);
  EXPECT_EQ(with.oof.macro_f1, named(with, "mean").oof_macro_f1);
  EXPECT_EQ(with.neighbours, 2);
  EXPECT_EQ(named(with, "model0+none").oof_macro_f1, named(alone, "model0+none").oof_macro_f1);
  EXPECT_NEAR(named(with, "model0+none").lead,
              named(with, "model0+none").oof_macro_f1 - named(with, "geometric").oof_macro_f1, 1e-9);
  EXPECT_NE(with.reason.find("; averaged with the songs most like each song"), std::string::npos) << with.reason;
  const auto expected = with_neighbours(alone.test, of_the_group(12)).probability;
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(with.test.probability[i], expected[i], 1e-6);
}

TEST(StackWithNeighbours, OfOneModelScoresItAsItIsSubmitted) {
  const World world(300, 12, 4, {1});
  const StackOutcome with =
      stack(world.models, world.fold, world.group, {.neighbours = 2}, of_the_group(300), of_the_group(12));
  EXPECT_EQ(with.neighbours, 2);
  EXPECT_EQ(named(with, with.chosen).oof_macro_f1, with.oof.macro_f1);
  EXPECT_EQ(named(with, "model0+none").oof_macro_f1, named(with, "geometric").oof_macro_f1);
}

TEST(StackWithNeighbours, DoesWithoutThemWhereTheyScoreLower) {
  const World world(300, 12, 4, {1, 1.5});
  const StackConfig config{.method = "mean", .neighbours = 1};
  const StackOutcome alone = stack(world.models, world.fold, world.group, config);
  const StackOutcome with = stack(world.models, world.fold, world.group, config, of_others(300), of_others(12));
  EXPECT_EQ(with.test.probability, alone.test.probability);
  EXPECT_EQ(with.oof.probability, alone.oof.probability);
  EXPECT_EQ(with.neighbours, 0);
  EXPECT_NE(with.reason.find("not averaged"), std::string::npos) << with.reason;
}

}  // namespace
}  // namespace foldwave::ensemble
