#include "training/step.h"

#include <gtest/gtest.h>

#include "comm/faulty_communicator.h"
#include "comm/thread_group.h"
#include "foldwave/core/errors.h"
#include "training/placement.h"
#include "training/recipes.h"

namespace foldwave::training {
namespace {

constexpr int songs = 5;

// Songs [begin, end) of a fixed batch.
batches::Batch slice(int begin, int end) {
  batches::Batch batch;
  batch.shape = {end - begin, 1, 32, 32};
  batch.part_end = {end - begin};
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
  comm::ThreadGroup group(static_cast<int>(cuts.size()) - 1);
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

std::vector<double> losses_of(const Recipe& recipe, int ranks) {
  comm::ThreadGroup group(ranks);
  std::vector<double> loss;
  const auto failures = group.run([&](comm::Communicator& communicator) {
    const auto mine = losses_of(recipe, communicator);
    if (communicator.rank() == 0) loss = mine;
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

std::vector<Recipe> recipes() {
  Recipe dropout = of_summaries("Dropout"), parts = of_summaries("InPartsOfMixturesWithClassWeights");
  parts.config.accumulate = 2;
  parts.config.class_weight = {0.5F, 1, 2};
  parts.config.gradient_clip = 1;
  parts.mixed = true;
  Recipe sgd = parts;
  sgd.name = "SgdInPartsOfMixturesWithClassWeights";
  sgd.config.optimiser.sgd = true;
  Recipe head_first = parts;
  head_first.name = "HeadFirstInPartsOfMixturesWithClassWeights";
  head_first.head_steps = 8;
  return {dropout, parts, sgd, head_first};
}

INSTANTIATE_TEST_SUITE_P(Recipes, StepOfRanks, testing::ValuesIn(recipes()),
                         [](const auto& test) { return test.param.name; });

TEST(TrainingStep, NormalisesAPartOfTheBatchOverAllRanks) {
  Recipe recipe{"Parts", {.name = "resnet18", .classes = classes}, step_config()};
  recipe.config.accumulate = 2;
  const auto of_ranks = [&](int ranks) {
    comm::ThreadGroup group(ranks);
    std::vector<double> loss;
    const auto failures = group.run([&](comm::Communicator& communicator) {
      TrainingStep step(models::make_network(recipe.model, 1), communicator, recipe.config);
      for (int i = 0; i < 4; ++i) {
        const batches::Batch batch = share_of(recipe, i, 12, communicator);
        const double mean = step([&]() -> const batches::Batch& { return batch; }, 12, {1e-4, 0.9}).tally.mean_loss();
        if (communicator.rank() == 0) loss.push_back(mean);
      }
    });
    EXPECT_EQ(failures, std::vector<std::string>(static_cast<size_t>(ranks)));
    return loss;
  };
  const auto alone = of_ranks(1);
  ASSERT_EQ(alone.size(), 4U);
  for (const int ranks : {2, 4}) {
    const auto spread = of_ranks(ranks);
    for (size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(spread[i], alone[i], 1e-4) << ranks << " ranks, step " << i;
  }
}

// As it learns nothing, its gradients are not computed, and not summed; its statistics go on.
TEST(TrainingStep, EndsTheBackwardPassAtTheClassifierWhileTheBodyIsFrozen) {
  const auto of_ranks = [](int ranks) {
    comm::ThreadGroup group(ranks);
    std::vector<double> loss;
    const auto failures = group.run([&](comm::Communicator& communicator) {
      const auto network = models::make_network({.name = "resnet18", .classes = classes}, 1);
      TrainingStep step(network, communicator, step_config());
      const int rank = communicator.rank();
      const batches::Batch batch = slice(songs * rank / ranks, songs * (rank + 1) / ranks);
      const auto body = step.optimiser().body();
      std::vector<torch::Tensor> before;
      for (const auto& parameter : body) before.push_back(parameter.detach().clone());
      for (int i = 0; i < 6; ++i) {
        const bool frozen = i < 3;
        const double mean =
            step([&]() -> const batches::Batch& { return batch; }, songs, {1e-3, 0.9, frozen ? 0.0 : 0.5})
                .tally.mean_loss();
        if (rank == 0) loss.push_back(mean);
        for (size_t p = 0; p < body.size(); ++p) {
          EXPECT_EQ(body[p].grad().defined(), !frozen);
          EXPECT_TRUE(!frozen || torch::equal(body[p], before[p])) << i << " " << p;
        }
      }
      EXPECT_FALSE(torch::equal(body[0], before[0]));
      EXPECT_GT(network->named_buffers()["bn1.running_mean"].abs().max().item<double>(), 0);
    });
    EXPECT_EQ(failures, std::vector<std::string>(static_cast<size_t>(ranks)));
    return loss;
  };
  const auto alone = of_ranks(1), spread = of_ranks(2);
  ASSERT_EQ(alone.size(), 6U);
  EXPECT_LT(alone.back(), alone.front());
  for (size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(spread[i], alone[i], 1e-4 * std::max(1.0, alone[i])) << i;
}

using State = std::vector<std::pair<std::string, torch::Tensor>>;

// What each rank of a group holds after some steps in which batch normalisation was each rank's own.
std::vector<State> states_without_sync(const std::vector<int>& cuts, int steps) {
  comm::ThreadGroup group(static_cast<int>(cuts.size()) - 1);
  std::vector<State> states(cuts.size() - 1);
  const auto failures = group.run([&](comm::Communicator& communicator) {
    const int rank = communicator.rank();
    const auto network = models::make_network({.name = "resnet18", .classes = classes}, 1);
    StepConfig config = step_config();
    config.sync_batchnorm = false;
    TrainingStep step(network, communicator, config);
    const batches::Batch batch = slice(cuts[rank], cuts[rank + 1]);
    for (int i = 0; i < steps; ++i) step([&]() -> const batches::Batch& { return batch; }, songs, {1e-3, 0.9});
    states[rank] = models::state_dict(*network);
  });
  for (const auto& failure : failures) EXPECT_EQ(failure, "");
  return states;
}

TEST(TrainingStep, WithoutSyncAllRanksGoOnWithTheStatisticsOfTheFirst) {
  const auto first = models::make_network({.name = "resnet18", .classes = classes}, 1);
  first->train();
  const batches::Batch own = slice(0, 3);
  first->forward(to_tensor(own, torch::kCPU), {});
  const State after_one = models::state_dict(*first);
  for (const auto& cuts : {std::vector{0, 3, 5}, std::vector{0, 3, 3, 4, 5}}) {  // a rank has one song, or none
    const auto states = states_without_sync(cuts, 1);
    for (size_t i = 0; i < after_one.size(); ++i) {
      const auto& [name, tensor] = after_one[i];
      if (name.find("running_") == std::string::npos) continue;
      for (const State& state : states) EXPECT_TRUE(torch::allclose(state[i].second, tensor, 1e-4, 1e-6)) << name;
    }
    const auto later = states_without_sync(cuts, 3);
    for (const State& state : later)
      for (size_t i = 0; i < state.size(); ++i) {
        EXPECT_TRUE(torch::equal(state[i].second, later[0][i].second)) << state[i].first;
        EXPECT_TRUE(torch::isfinite(state[i].second).all().item<bool>()) << state[i].first;
      }
  }
}

TEST(TrainingStep, LetsAllRanksOutWhereOneFails) {
  comm::ThreadGroup group(2);
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

// The sum that fails is one of batch statistics on the way forward, on the way back, or of gradients.
TEST(TrainingStep, LetsAllRanksOutWhereTheGroupIsLostInMidStep) {
  constexpr const char* lost = "a sum did not end by its deadline: a rank of the group is lost";
  for (const size_t at_sum : {0, 25, 40, 42}) {
    for (const auto kind : {comm::Fault::Kind::throws, comm::Fault::Kind::never_ends}) {
      const comm::Fault fault{.at_sum = at_sum, .rank = 1, .kind = kind, .deadline_s = 0.2};
      comm::ThreadGroup group(2);
      const auto failures = group.run([&](std::unique_ptr<comm::Communicator> inner) {
        const auto communicator = comm::make_faulty_communicator(std::move(inner), fault);
        const auto network = models::make_network({.name = "resnet18", .classes = classes}, 1);
        TrainingStep step(network, *communicator, step_config());
        const auto before = network->parameters().front().clone();
        const batches::Batch batch = slice(0, 2);
        try {
          step([&]() -> const batches::Batch& { return batch; }, 4, {1e-3, 0.9});
        } catch (const comm::GroupLost&) {
          EXPECT_TRUE(torch::equal(network->parameters().front(), before)) << "weights of a step that was lost";
          throw;
        }
      });
      EXPECT_EQ(failures[0], lost) << at_sum;
      const bool throws = kind == comm::Fault::Kind::throws;
      EXPECT_EQ(failures[1], throws ? "sum " + std::to_string(at_sum) + " was made to fail" : lost);
    }
  }
}

TEST(TrainingStep, WeighsClassesAsPyTorchsCrossEntropyAlsoWhereLabelsAreSmoothed) {
  const auto network = models::make_network({.name = "resnet18", .classes = classes}, 1);
  const batches::Batch batch = slice(0, songs);
  network->train();
  const auto logits = network->forward(to_tensor(batch, torch::kCPU), batch.key).detach();
  using torch::nn::functional::cross_entropy, torch::nn::functional::CrossEntropyFuncOptions;
  const auto truth = torch::tensor(std::vector<int64_t>(batch.label.begin(), batch.label.end()));
  const auto expected = cross_entropy(
      logits, truth, CrossEntropyFuncOptions().weight(torch::tensor({0.5F, 1.0F, 4.0F})).label_smoothing(0.1));
  comm::ThreadGroup group(1);
  const auto failures = group.run([&](comm::Communicator& communicator) {
    StepConfig config = step_config();
    config.class_weight = {0.5F, 1, 4};
    TrainingStep step(models::make_network({.name = "resnet18", .classes = classes}, 1), communicator, config);
    const auto outcome = step([&]() -> const batches::Batch& { return batch; }, songs, {1e-3, 0.9});
    EXPECT_NEAR(outcome.tally.mean_loss(), expected.item<double>(), 1e-5);
  });
  EXPECT_EQ(failures[0], "");
}

TEST(TrainingStep, CountsAMixtureAsTheSongThatIsMostOfIt) {
  comm::ThreadGroup group(1);
  const auto failures = group.run([&](comm::Communicator& communicator) {
    TrainingStep step(models::make_network({.name = "resnet18", .classes = classes}, 1), communicator, step_config());
    batches::Batch batch = slice(0, 4);
    batch.label = {0, 0, 1, 1};
    batch.other_label = {2, 2, 2, 0};
    batch.share = {0.9F, 0.1F, 0.2F, 0.7F};
    const auto outcome = step([&]() -> const batches::Batch& { return batch; }, 4, {1e-3, 0.9});
    EXPECT_EQ(outcome.tally.truth, (std::vector<double>{1, 1, 2}));
  });
  EXPECT_EQ(failures[0], "");
}

TEST(TrainingStep, SendsNoMorePartsThroughTheNetworkThanAStepHasSongs) {
  const auto parts = [](int accumulate, int batch) {
    TrainConfig config;
    config.accumulate = accumulate;
    config.batch = batch;
    return step_config(config, classes, Precision::fp32, torch::kCPU, {}).accumulate;
  };
  EXPECT_EQ(parts(4096, 3), 3);
  EXPECT_EQ(parts(8, 1), 1);
  EXPECT_EQ(parts(2, 16), 2);
}

TEST(TrainingStep, ThrowsOnALossThatIsNotFinite) {
  comm::ThreadGroup group(1);
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
