#include <gtest/gtest.h>

#include "ensemble/choose.h"
#include "foldwave/core/errors.h"
#include "tables.h"

namespace foldwave::ensemble {
namespace {

using test::named;
using test::World;

TEST(Stack, ScoresEachModelThenEveryBlendAndTheMetaModel) {
  const World world(300, 12, 4, {1, 1.5, 2});
  const StackOutcome outcome = stack(world.models, world.fold, world.group, {});
  std::vector<std::string> names;
  for (const Score& score : outcome.scores) names.push_back(score.name);
  EXPECT_EQ(names, (std::vector<std::string>{"model0+none", "model1+none", "model2+none", "mean", "geometric",
                                             "weighted", "logistic"}));
  EXPECT_EQ(outcome.spread_over, "100 groups");
  EXPECT_EQ(outcome.oof.rows(), 300u);
  EXPECT_EQ(outcome.test.rows(), 12u);
  EXPECT_EQ(outcome.oof.macro_f1, named(outcome, outcome.chosen).oof_macro_f1);
}

TEST(Stack, DoesEveryMethodThatIsAskedFor) {
  const World world(120, 8, 3, {1, 1.5});
  for (const char* method : {"logistic", "mean", "geometric", "weighted"}) {
    const StackOutcome outcome = stack(world.models, world.fold, world.group, {.method = method});
    EXPECT_EQ(outcome.chosen, method);
    for (size_t row = 0; row < 8; ++row)
      EXPECT_NEAR(outcome.test.probability[3 * row] + outcome.test.probability[3 * row + 1] +
                      outcome.test.probability[3 * row + 2],
                  1, 1e-5);
  }
}

TEST(Stack, CrossValidatesTheMetaModelSoThatNoiseScoresAsNoise) {
  const World world(300, 0, 3, {0, 0, 0, 0, 0});
  const StackOutcome outcome = stack(world.models, world.fold, world.group, {.method = "logistic", .c = {1000}});
  EXPECT_LT(named(outcome, "logistic").oof_macro_f1, 0.45);  // fitted and scored on the same rows it would be above
  EXPECT_LT(named(outcome, "weighted").oof_macro_f1, 0.45);
}

TEST(Stack, TakesOneModelAsItIs) {
  const World world(90, 6, 3, {2});
  const StackOutcome outcome = stack(world.models, world.fold, world.group, {});
  EXPECT_EQ(outcome.chosen, "model0+none");
  EXPECT_EQ(outcome.test.probability, world.models[0].test.probability);
  for (const char* blend : {"mean", "geometric", "weighted"})
    EXPECT_EQ(named(outcome, blend).oof_macro_f1, named(outcome, "model0+none").oof_macro_f1) << blend;
  EXPECT_EQ(outcome.scores.size(), 5u);
  EXPECT_EQ(stack(world.models, world.fold, world.group, {.method = "mean"}).chosen, "mean");
}

TEST(Stack, WorksWithoutTestSongsAndWithoutGroups) {
  const World world(60, 0, 3, {1, 2});
  const StackOutcome outcome = stack(world.models, world.fold, {}, {});
  EXPECT_EQ(outcome.test.rows(), 0u);
  EXPECT_EQ(outcome.spread_over, "60 songs");
}

TEST(Stack, OfOneFoldLeavesOutWhatHasToLearnFromOtherFolds) {
  const World world(60, 0, 3, {1, 2});
  const std::vector<int> one(60, 2);
  EXPECT_EQ(stack(world.models, one, {}, {}).scores.size(), 4u);
  EXPECT_THROW(stack(world.models, one, {}, {.method = "logistic"}), InputError);
}

TEST(Stack, TellsModelsOfOneNameApartBySeed) {
  World world(60, 0, 3, {1, 2});
  world.models[1].oof.model = "model0";
  world.models[1].oof.seed = 2;
  const StackOutcome outcome = stack(world.models, world.fold, {}, {});
  EXPECT_EQ(outcome.scores[0].name, "model0+none/seed-1");
  EXPECT_EQ(outcome.scores[1].name, "model0+none/seed-2");
}

TEST(Stack, TellsAModelFromTheMethodThatItIsCalledAs) {
  World world(90, 6, 3, {2, 1});
  world.models[0].oof.model = world.models[0].test.model = "geometric";
  world.models[1].oof.model = world.models[1].test.model = "logistic";
  for (ModelPredictions& model : world.models) model.oof.augment = "";
  const StackOutcome outcome = stack(world.models, world.fold, {}, {.method = "geometric"});
  EXPECT_EQ(outcome.scores[0].name, "geometric (model)");
  EXPECT_EQ(outcome.scores[1].name, "logistic (model)");
  EXPECT_EQ(named(outcome, "geometric").lead, 0);
  EXPECT_NE(outcome.oof.probability, world.models[0].oof.probability);
}

TEST(Stack, RefusesModelsOfDifferentSongs) {
  World world(60, 0, 3, {1, 2});
  world.models[1].oof.song_id[5] = "other";
  EXPECT_THROW(stack(world.models, world.fold, {}, {}), InputError);
}

TEST(Stack, GivesTheSameBytesEveryTime) {
  const World world(120, 8, 3, {1, 1.5});
  const StackOutcome a = stack(world.models, world.fold, world.group, {.method = "logistic"}),
                     b = stack(world.models, world.fold, world.group, {.method = "logistic"});
  EXPECT_EQ(a.oof.probability, b.oof.probability);
  EXPECT_EQ(a.test.probability, b.test.probability);
}

Candidate candidate(const std::string& name, double f1, std::vector<double> without) {
  return {{.name = name, .oof_macro_f1 = f1, .fold_macro_f1 = {}}, std::move(without)};
}

TEST(Choose, KeepsTheGeometricMeanWhereTheLeadIsWithinItsError) {
  const std::vector<Candidate> all{candidate("geometric", 0.5, {0.5, 0.5, 0.5}),
                                   candidate("logistic", 0.52, {0.52, 0.55, 0.48})};
  const Choice choice = choose("auto", "geometric", all, "3 groups");
  EXPECT_EQ(choice.name, "geometric");
  EXPECT_EQ(choice.reason,
            "geometric stays: logistic scores 0.520, +0.020 against geometric (0.500), where one standard error of "
            "that difference is 0.041 over 3 groups, and only a lead of more than that would count");
}

TEST(Choose, TakesTheBestOfThoseThatWinClearly) {
  const std::vector<Candidate> all{candidate("geometric", 0.5, {0.5, 0.51, 0.49}),
                                   candidate("mean", 0.6, {0.6, 0.61, 0.59}),
                                   candidate("weighted", 0.7, {0.7, 0.71, 0.69})};
  EXPECT_EQ(choose("auto", "geometric", all, "3 groups").name, "weighted");
}

}  // namespace
}  // namespace foldwave::ensemble
