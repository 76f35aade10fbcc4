#include <gtest/gtest.h>

#include <numeric>
#include <sstream>

#include "../batches/small_store.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/stop.h"
#include "foldwave/models/backbones.h"
#include "foldwave/training/training.h"
#include "thread_communicator.h"

namespace foldwave::training {
namespace {

struct Case {
  const char* model;
  const char* window_s;
};

class ShallowTrial : public batches::SmallStore, public testing::WithParamInterface<Case> {
 protected:
  ShallowTrial() {
    declare_options(registry_);
    models::declare_options(registry_);
    augment::declare_options(registry_);
  }
  ~ShallowTrial() override { StopFlag::set_deadline(0); }

  TrialSetup setup(const std::string& name, const char* class_weights = "none") {
    Settings settings(registry_);
    settings.set("train.threads", "1", "test");
    settings.set("model.window_s", GetParam().window_s, "test");
    settings.set("train.class_weights", class_weights, "test");
    TrialSetup setup{.model = GetParam().model,
                     .augment_name = "none",
                     .settings = settings,
                     .augment = {},
                     .directory = folder / name,
                     .train = {},
                     .valid = {},
                     .valid_ids = {},
                     .class_ids = {"3", "5", "8"}};
    const int labels[] = {0, 0, 1, 0, 2, 0, 0, 1};
    for (int track = 0; track < 11; ++track) {
      auto& songs = track < 8 ? setup.train : setup.valid;
      songs.track.push_back(track);
      songs.label.push_back(labels[track % 8]);
      if (track >= 8) setup.valid_ids.push_back("song " + std::to_string(track));
    }
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
    ThreadGroup group(size);
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

  OptionRegistry registry_;
};

// metrics.csv but for its last three columns, which are about time.
std::string without_times(const std::string& csv) {
  std::istringstream lines(csv);
  std::string result, line;
  while (std::getline(lines, line)) {
    for (int column = 0; column < 3; ++column) line.resize(line.rfind(','));
    result += line + "\n";
  }
  return result;
}

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
  for (const char* file : {"final.safetensors", "oof.h5"})
    EXPECT_TRUE(read_file(alone.directory / file) == read_file(both.directory / file)) << file;
  EXPECT_EQ(without_times(read_file(alone.directory / "metrics.csv")),
            without_times(read_file(both.directory / "metrics.csv")));
}

TEST_P(ShallowTrial, PredictsFromTheCheckpointAloneWhatItSaidOfTheValidationSongs) {
  const TrialSetup trial = setup("trial");
  const Ranks ranks = train(trial, 1);
  const store::FeatureStore store(folder);
  const auto again = predict(trial.directory / "final.safetensors", store, trial.valid.track, {}, 1, -1);
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
