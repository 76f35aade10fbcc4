#include "training/step.h"

#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "thread_communicator.h"

namespace foldwave::training {
namespace {

constexpr int classes = 3, songs = 5;

StepConfig step_config() {
  return {.classes = classes,
          .label_smoothing = 0.1,
          .gradient_clip = 0,
          .class_weight = {},
          .optimiser = {.weight_decay = 0.01},
          .sample_shape = {1, 32, 32}};
}

// Songs [begin, end) of a fixed batch.
batches::Batch slice(int begin, int end) {
  batches::Batch batch;
  batch.shape = {end - begin, 1, 32, 32};
  for (int song = begin; song < end; ++song) {
    Random random({.seed = 3, .song = static_cast<uint64_t>(song)});
    for (int i = 0; i < 32 * 32; ++i) batch.x.push_back(static_cast<float>(random.normal()));
    batch.label.push_back(song % classes);
    batch.row.push_back(song);
    batch.key.push_back({.song = static_cast<uint64_t>(song)});
  }
  return batch;
}

std::vector<double> losses(comm::Communicator& communicator, const std::vector<int>& cuts, int steps) {
  const auto network = models::make_network({.name = "resnet18", .classes = classes}, 1);
  TrainingStep step(network, communicator, step_config());
  const batches::Batch batch = slice(cuts[communicator.rank()], cuts[communicator.rank() + 1]);
  std::vector<double> loss;
  for (int i = 0; i < steps; ++i)
    loss.push_back(step([&]() -> const batches::Batch& { return batch; }, songs, {1e-3, 0.9}).tally.mean_loss());
  return loss;
}

std::vector<double> losses_of_group(const std::vector<int>& cuts, int steps) {
  ThreadGroup group(static_cast<int>(cuts.size()) - 1);
  std::vector<double> loss;
  const auto failures = group.run([&](comm::Communicator& communicator) {
    const auto mine = losses(communicator, cuts, steps);
    if (communicator.rank() == 0) loss = mine;
  });
  for (const auto& failure : failures) EXPECT_EQ(failure, "");
  return loss;
}

TEST(TrainingStep, LosesTheSameHoweverABatchIsSpread) {
  const auto alone = losses_of_group({0, 5}, 6);
  for (const auto& cuts : {std::vector{0, 3, 5}, std::vector{0, 2, 2, 5}}) {  // the second rank of three has nothing
    const auto spread = losses_of_group(cuts, 6);
    for (size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(spread[i], alone[i], 1e-4 * std::max(1.0, alone[i])) << i;
  }
}

// Twenty steps, by turns of seven songs and of three, which none of the groups can share out evenly.
struct Recipe {
  std::string name;
  models::ModelConfig model;
  StepConfig config;
  bool mixed = false;
};

std::ostream& operator<<(std::ostream& out, const Recipe& recipe) { return out << recipe.name; }

batches::Batch share_of(const Recipe& recipe, int step, int size, const comm::Communicator& communicator) {
  batches::Batch batch;
  const int begin = size * communicator.rank() / communicator.size();
  const int end = size * (communicator.rank() + 1) / communicator.size();
  batch.shape = {end - begin};
  int64_t numbers = 1;
  for (const int64_t extent : recipe.config.sample_shape) {
    batch.shape.push_back(extent);
    numbers *= extent;
  }
  for (int song = begin; song < end; ++song) {
    const RandomKey key{.seed = 5, .epoch = static_cast<uint32_t>(step), .song = static_cast<uint64_t>(song)};
    Random random(key);
    for (int64_t i = 0; i < numbers; ++i) batch.x.push_back(static_cast<float>(random.normal()));
    batch.label.push_back((step + song) % classes);
    batch.row.push_back(song);
    batch.key.push_back(key);
    if (!recipe.mixed) continue;
    batch.other_label.push_back((step + 2 * song) % classes);
    batch.share.push_back(static_cast<float>(random.uniform(0.5, 1)));
  }
  return batch;
}

std::vector<double> losses_of(const Recipe& recipe, int ranks) {
  ThreadGroup group(ranks);
  std::vector<double> loss;
  const auto failures = group.run([&](comm::Communicator& communicator) {
    TrainingStep step(models::make_network(recipe.model, 1), communicator, recipe.config);
    for (int i = 0; i < 20; ++i) {
      const int size = i % 2 == 0 ? 7 : 3;
      const batches::Batch batch = share_of(recipe, i, size, communicator);
      const Tally tally = step([&]() -> const batches::Batch& { return batch; }, size, {1e-2, 0.9}).tally;
      if (communicator.rank() == 0) loss.push_back(tally.mean_loss());
    }
  });
  EXPECT_EQ(failures, std::vector<std::string>(static_cast<size_t>(ranks)));
  return loss;
}

class StepOfRanks : public testing::TestWithParam<Recipe> {};

TEST_P(StepOfRanks, LosesTheSameAsThatOfOne) {
  const auto alone = losses_of(GetParam(), 1);
  ASSERT_EQ(alone.size(), 20U);
  for (const int ranks : {2, 4}) {
    const auto spread = losses_of(GetParam(), ranks);
    ASSERT_EQ(spread.size(), 20U);
    for (size_t i = 0; i < 20; ++i) EXPECT_NEAR(spread[i], alone[i], 1e-4) << ranks << " ranks, step " << i;
  }
}

Recipe of_summaries(const std::string& name) {
  Recipe recipe{name, {.name = "mfcc_mlp", .classes = classes, .summary_width = 20}, step_config()};
  recipe.config.sample_shape = {20};
  return recipe;
}

std::vector<Recipe> recipes() {
  Recipe dropout = of_summaries("Dropout"), parts = of_summaries("InPartsOfMixturesWithClassWeights");
  parts.config.accumulate = 2;
  parts.config.class_weight = {0.5F, 1, 2};
  parts.config.gradient_clip = 1;
  parts.mixed = true;
  Recipe sgd = parts;
  sgd.name = "SgdInPartsOfMixturesWithClassWeights";
  sgd.config.optimiser.sgd = true;
  return {dropout, parts, sgd};
}

INSTANTIATE_TEST_SUITE_P(Recipes, StepOfRanks, testing::ValuesIn(recipes()),
                         [](const auto& test) { return test.param.name; });

TEST(TrainingStep, LetsAllRanksOutWhereOneFails) {
  ThreadGroup group(2);
  const auto failures = group.run([&](comm::Communicator& communicator) {
    const auto network = models::make_network({.name = "resnet18", .classes = classes}, 1);
    TrainingStep step(network, communicator, step_config());
    const batches::Batch batch = slice(0, 2);
    step(
        [&]() -> const batches::Batch& {
          if (communicator.rank() == 1) throw InputError("cannot read song 7");
          return batch;
        },
        4, {1e-3, 0.9});
  });
  EXPECT_EQ(failures[0], "another rank of the group failed in this step");
  EXPECT_EQ(failures[1], "cannot read song 7");
}

TEST(TrainingStep, ThrowsOnALossThatIsNotFinite) {
  ThreadGroup group(1);
  const auto failures = group.run([&](comm::Communicator& communicator) {
    const auto network = models::make_network({.name = "resnet18", .classes = classes}, 1);
    TrainingStep step(network, communicator, step_config());
    batches::Batch batch = slice(0, 4);
    batch.x[0] = NAN;
    step([&]() -> const batches::Batch& { return batch; }, 4, {1e-3, 0.9});
  });
  EXPECT_EQ(failures[0], "the loss is not finite");
}

}  // namespace
}  // namespace foldwave::training
