#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "foldwave/training/training.h"
#include "small_trial.h"

namespace foldwave::training {
namespace {

struct Case {
  const char* model;
  const char* window_s;
};

class ShallowTrial : public SmallTrial, public testing::WithParamInterface<Case> {
 protected:
  ~ShallowTrial() override { StopFlag::set_deadline(0); }

  // More songs of the first class than of the others.
  TrialSetup setup(const std::string& name, const char* class_weights = "none") {
    TrialSetup setup = SmallTrial::setup(
        GetParam().model, name, {{"model.window_s", GetParam().window_s}, {"train.class_weights", class_weights}});
    setup.train.label = {0, 0, 1, 0, 2, 0, 0, 1};
    setup.valid.label = {0, 0, 1};
    return setup;
  }

  // What every rank came back with, or the message of what it threw.
  struct Ranks {
    std::vector<TrialOutcome> outcome;
    std::vector<std::string> failure;
    std::vector<char> stopped;
  };
  Ranks train(const TrialSetup& what, int size) {
    const store::FeatureStore store(folder);
    Ranks ranks{std::vector<TrialOutcome>(size), {}, std::vector<char>(size)};
    comm::ThreadGroup group(size);
    ranks.failure = group.run([&](comm::Communicator& communicator) {
      const auto rank = static_cast<size_t>(communicator.rank());
      try {
        ranks.outcome[rank] = train_trial(what, store, communicator, -1, {});
      } catch (const Stopped&) {
        ranks.stopped[rank] = 1;
        throw;
      }
    });
    return ranks;
  }
};

TEST_P(ShallowTrial, GivesTheSameFilesAndOutcomeOnTwoRanksAsOnOne) {
  const TrialSetup alone = setup("alone"), both = setup("both");
  const Ranks one = train(alone, 1), two = train(both, 2);
  EXPECT_EQ(one.failure, std::vector<std::string>(1));
  EXPECT_EQ(two.failure, std::vector<std::string>(2));
  for (const TrialOutcome& outcome : two.outcome) {
    EXPECT_EQ(outcome.oof.song_id, alone.valid_ids);
    EXPECT_EQ(outcome.oof.probability, one.outcome[0].oof.probability);
    EXPECT_EQ(outcome.oof.macro_f1, one.outcome[0].oof.macro_f1);
  }
  expect_same_files(alone, both, "on two ranks");
  const auto files = std::filesystem::directory_iterator(alone.directory);
  EXPECT_TRUE(std::any_of(begin(files), end(files), [](const auto& file) {
    return file.path().filename().string().starts_with("events.out.tfevents.") && file.file_size() > 100;
  }));
}

TEST_P(ShallowTrial, PredictsFromTheCheckpointAloneWhatItSaidOfTheValidationSongs) {
  const TrialSetup trial = setup("trial");
  const Ranks ranks = train(trial, 1);
  const store::FeatureStore store(folder);
  const auto again = Predictor(trial.directory / "final.safetensors", store, 1, -1)(trial.valid.track, {});
  const auto& probability = ranks.outcome[0].oof.probability;
  ASSERT_EQ(again.size(), 9U);
  for (size_t song = 0; song < 3; ++song)
    EXPECT_NEAR(std::accumulate(again.begin() + 3 * song, again.begin() + 3 * song + 3, 0.0), 1, 1e-5);
  ASSERT_EQ(probability.size(), again.size());
  for (size_t i = 0; i < again.size(); ++i) EXPECT_NEAR(again[i], probability[i], 1e-6) << i;
}

// Only the rank that fits hears of it; the other's SystemError speaks of "another rank", which marks it as an echo
// where the outcomes of a group are put together.
TEST_P(ShallowTrial, IsStoppedBeforeItIsFittedAndLeavesNothing) {
  const TrialSetup trial = setup("trial");
  StopFlag::set_deadline(monotonic_s() - 1);
  const Ranks ranks = train(trial, 2);
  EXPECT_EQ(ranks.stopped, (std::vector<char>{1, 0}));
  EXPECT_NE(ranks.failure[1].find("another rank"), std::string::npos) << ranks.failure[1];
  EXPECT_FALSE(std::filesystem::exists(trial.directory));
}

TEST_P(ShallowTrial, GivesRareClassesMoreWithBalancedWeights) {
  const auto share_of_rarest = [](const Ranks& ranks) {
    const auto& probability = ranks.outcome[0].oof.probability;
    return probability.at(2) + probability.at(5) + probability.at(8);
  };
  EXPECT_GT(share_of_rarest(train(setup("balanced", "balanced"), 1)), share_of_rarest(train(setup("plain"), 1)));
}

INSTANTIATE_TEST_SUITE_P(Kinds, ShallowTrial,
                         testing::Values(Case{"logistic", "0"}, Case{"logistic", "0.4"}, Case{"rbf", "0"},
                                         Case{"rbf", "0.4"}),
                         [](const auto& test) {
                           return std::string(test.param.model) +
                                  (test.param.window_s[1] == '\0' ? "_songs" : "_windows");
                         });

}  // namespace
}  // namespace foldwave::training
