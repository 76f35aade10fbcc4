#include "ensemble/meta_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tables.h"

namespace foldwave::ensemble {
namespace {

using test::World;

Inputs inputs_of(const World& world) {
  Inputs inputs{.classes = world.models.front().oof.classes, .rows = world.label.size(), .model = {}};
  for (const ModelPredictions& model : world.models) inputs.model.push_back(model.oof.probability);
  return inputs;
}

Truth truth_of(const World& world) { return ensemble::truth_of(world.models.front().oof, world.fold, world.group); }

std::vector<int> rows_of(const Truth& truth, const std::vector<int>& folds) {
  std::vector<int> rows;
  for (int row = 0; row < static_cast<int>(truth.fold.size()); ++row)
    if (std::find(folds.begin(), folds.end(), truth.fold[row]) != folds.end()) rows.push_back(row);
  return rows;
}

// Answers for the rows of one fold by a model that was fitted on those of others.
std::vector<float> answered(const Inputs& inputs, const Truth& truth, const std::vector<int>& learn, int ask,
                            double c) {
  std::vector<int> label;
  for (const int row : rows_of(truth, learn)) label.push_back(truth.label[row]);
  const auto model = fit_meta_model(inputs.only(rows_of(truth, learn)), label, c, StackInput::probability);
  return answers_of(model, inputs.only(rows_of(truth, {ask})), StackInput::probability);
}

// The best C by leaving out each of these folds in turn, written out plainly.
double best_c(const Inputs& inputs, const Truth& truth, const std::vector<int>& folds, const std::vector<double>& cs) {
  double best = 0;
  Quality reached;
  for (const double c : cs) {
    std::vector<float> probability;
    std::vector<int> label;
    for (const int k : folds) {
      std::vector<int> others;
      for (const int other : folds)
        if (other != k) others.push_back(other);
      const std::vector<float> part = answered(inputs, truth, others, k, c);
      probability.insert(probability.end(), part.begin(), part.end());
      for (const int row : rows_of(truth, {k})) label.push_back(truth.label[row]);
    }
    const Quality candidate = quality(probability, label, truth.classes);
    if (candidate.better_than(reached)) best = c, reached = candidate;
  }
  return best;
}

const std::vector<double> many{1e-3, 0.1, 1, 30};

TEST(MetaModel, ChoosesTheCOfEachFoldWithoutTheRowsOfThatFold) {
  const World world(240, 0, 4, {0.5, 1, 1.5});
  const Inputs inputs = inputs_of(world);
  const Truth truth = truth_of(world);
  const MetaModelTrial trial = try_meta_model(inputs, truth, {.c = many});
  ASSERT_EQ(trial.c_of_fold.size(), 5u);
  for (int k = 0; k < 5; ++k) {
    std::vector<int> others;
    for (int other = 0; other < 5; ++other)
      if (other != k) others.push_back(other);
    EXPECT_EQ(trial.c_of_fold[k], best_c(inputs, truth, others, many)) << k;
    const std::vector<float> expected = answered(inputs, truth, others, k, trial.c_of_fold[k]);
    const std::vector<int> rows = rows_of(truth, {k});
    for (size_t i = 0; i < rows.size(); ++i)
      for (int j = 0; j < 4; ++j) EXPECT_FLOAT_EQ(trial.probability[rows[i] * 4 + j], expected[i * 4 + j]);
  }
  EXPECT_EQ(trial.c, best_c(inputs, truth, {0, 1, 2, 3, 4}, many));
}

TEST(MetaModel, OfOneCIsPlainlyCrossValidated) {
  const World world(120, 0, 3, {1, 2});
  const MetaModelTrial trial = try_meta_model(inputs_of(world), truth_of(world), {.c = {0.5}});
  EXPECT_EQ(trial.c, 0.5);
  EXPECT_EQ(trial.c_of_fold, std::vector<double>(5, 0.5));
}

// Songs of a fold, class by class, alternately to its one half and its other.
TEST(MetaModel, OfTwoFoldsChoosesByTheHalvesOfTheOther) {
  World world(240, 0, 4, {0.5, 1, 1.5});
  world.group.clear();
  for (size_t row = 0; row < world.fold.size(); ++row) world.fold[row] = static_cast<int>(row % 2);
  const Inputs inputs = inputs_of(world);
  const Truth truth = truth_of(world);
  Truth halves = truth;
  for (int fold = 0; fold < 2; ++fold)
    for (int k = 0, dealt = 0; k < 4; ++k)
      for (size_t row = 0; row < truth.fold.size(); ++row)
        if (truth.fold[row] == fold && truth.label[row] == k) halves.fold[row] = 2 * fold + dealt++ % 2;
  const MetaModelTrial trial = try_meta_model(inputs, truth, {.c = many});
  EXPECT_EQ(trial.c_of_fold,
            (std::vector<double>{best_c(inputs, halves, {2, 3}, many), best_c(inputs, halves, {0, 1}, many)}));
}

TEST(MetaModel, OfTwoFoldsChoosesAlsoWhereAFoldHoldsEverySecondGroup) {
  World world(240, 0, 4, {0.5, 1, 1.5});
  world.group.resize(world.fold.size());
  for (size_t row = 0; row < world.fold.size(); ++row) {
    world.group[row] = static_cast<int>(row / 8);
    world.fold[row] = world.group[row] % 2;
  }
  const MetaModelTrial trial = try_meta_model(inputs_of(world), truth_of(world), {.c = many});
  for (const double c : trial.c_of_fold) EXPECT_GT(c, 1e-3);
}

TEST(MetaModel, TakesTheSmallestCWhereTheOtherFoldIsOneGroup) {
  World world(120, 0, 3, {1, 2});
  for (int& fold : world.fold) fold %= 2;
  world.group = world.fold;
  const MetaModelTrial trial = try_meta_model(inputs_of(world), truth_of(world), {.c = many});
  EXPECT_EQ(trial.c_of_fold, std::vector<double>(2, 1e-3));
}

TEST(MetaModel, OfLogarithmsIsThatOfTheirValues) {
  const World world(90, 0, 3, {1});
  Inputs inputs = inputs_of(world);
  inputs.model[0][0] = 0;
  std::vector<double> x;
  for (const float p : inputs.model[0]) x.push_back(std::log(std::max<double>(p, 1e-7)));
  const auto expected = models::fit_logistic(x, world.label, 3, 3, 2);
  const auto model = fit_meta_model(inputs, world.label, 2, StackInput::log_probability);
  EXPECT_EQ(model.weight, expected.weight);
  const std::vector<double> probability = models::predict_probability(expected, x);
  const std::vector<float> answers = answers_of(model, inputs, StackInput::log_probability);
  for (size_t i = 0; i < answers.size(); ++i) EXPECT_FLOAT_EQ(answers[i], static_cast<float>(probability[i]));
}

}  // namespace
}  // namespace foldwave::ensemble
