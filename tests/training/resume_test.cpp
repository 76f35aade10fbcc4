#include <gtest/gtest.h>

#include "foldwave/core/clock.h"
#include "foldwave/core/stop.h"
#include "small_trial.h"

namespace foldwave::training {
namespace {

struct Recipe {
  std::string name, model;
  Values values;
  augment::AugmentConfig augment = {};
  int ranks = 1;
  bool all_rows = false;
};

std::ostream& operator<<(std::ostream& out, const Recipe& recipe) { return out << recipe.name; }

class Resume : public SmallTrial, public testing::WithParamInterface<Recipe> {
 protected:
  TrialSetup tiny(const std::string& name) {
    Values values = GetParam().values;
    for (const auto& entry :
         Values{{"train.crop_frames", "16"}, {"train.log_steps", "1"}, {"model.cnn_channels", "4,4,8,8"}})
      values.push_back(entry);
    TrialSetup made = setup(GetParam().model, name, values);
    made.augment = GetParam().augment;
    return GetParam().all_rows ? on_all_rows(made) : made;
  }

  // One step, or what is left behind the last.
  void train_one_step(const TrialSetup& what) {
    StopFlag::set_deadline(monotonic_s() - 1);
    train(what, GetParam().ranks);
    StopFlag::set_deadline(0);
  }
};

size_t count(const std::string& text, const std::string& word) {
  size_t found = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST_P(Resume, EndsWithTheSameBytesWhereverItWasStopped) {
  const TrialSetup straight = tiny("straight"), stepwise = tiny("stepwise");
  const size_t epochs = train(straight, GetParam().ranks).epochs.size();
  size_t stops = 0;
  for (train_one_step(stepwise); stopped_; train_one_step(stepwise)) {
    const std::string where = "after step " + std::to_string(++stops);
    const TrialSetup resumed = tiny(where);
    std::filesystem::copy(stepwise.directory, resumed.directory, std::filesystem::copy_options::recursive);
    train(resumed, GetParam().ranks);
    expect_same_files(straight, resumed, where);
    ASSERT_LT(stops, 100U);
  }
  const size_t steps = GetParam().all_rows ? 4 : 3;
  EXPECT_EQ(stops, steps * epochs);
  expect_same_files(straight, stepwise, "after each step");
  std::string events;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(stepwise.directory))
    if (entry.path().filename().string().starts_with("events.")) {
      events += read_file(entry.path());
      ++files;
    }
  EXPECT_EQ(count(events, "train/macro_f1"), epochs);
  // An epoch's last step is taken back and said again.
  EXPECT_GE(count(events, "train/loss_step"), steps * epochs);
  EXPECT_LE(count(events, "train/loss_step"), (steps + 1) * epochs);
  EXPECT_EQ(files, stops + 1) << "one for each launch, however many begin in one second";
}

TEST_P(Resume, PausesAtRungsAndEndsWithTheSameBytes) {
  const TrialSetup straight = tiny("straight");
  const size_t epochs = train(straight, GetParam().ranks).epochs.size();
  TrialSetup rungs = tiny("rungs");
  for (const int rung : {1, 2}) {
    rungs.until_epoch = rung;
    std::atomic<size_t> told = 0;
    rungs.told_before = [&](const std::vector<EpochRecord>& past) { told = past.size(); };
    const TrialOutcome outcome = train(rungs, GetParam().ranks);
    rungs.told_before = nullptr;
    EXPECT_EQ(told, static_cast<size_t>(rung - 1));
    const bool paused = outcome.ending == TrialEnding::at_rung;
    EXPECT_EQ(paused, static_cast<size_t>(rung) < epochs);
    EXPECT_EQ(outcome.epochs.size(), std::min(static_cast<size_t>(rung), epochs));
    EXPECT_NE(std::filesystem::exists(rungs.directory / "final.safetensors"), paused);
    if (!paused) return;
  }
  rungs.until_epoch = 0;
  EXPECT_EQ(train(rungs, GetParam().ranks).ending, TrialEnding::finished);
  expect_same_files(straight, rungs, "after rungs");
}

// On a busy machine the deadline, some ms away, may be over before it is asked whether an epoch fits: then once more.
TEST_P(Resume, BeginsNoEpochThatWouldNotEndInTime) {
  const TrialSetup straight = tiny("straight");
  const size_t epochs = train(straight, GetParam().ranks).epochs.size();
  const auto leave_too_little = [](const EpochRecord& epoch) {
    StopFlag::set_deadline(monotonic_s() + 0.9 * epoch.seconds);
  };
  for (int attempt = 1;; ++attempt) {
    const TrialSetup limited = tiny("limited-" + std::to_string(attempt));
    TrialOutcome outcome;
    size_t launches = 0;
    do {
      StopFlag::set_deadline(0);
      StopFlag::set_deadline(monotonic_s() + 3600);
      outcome = train(limited, GetParam().ranks, leave_too_little);
      if (stopped_) break;
      ASSERT_EQ(outcome.epochs.size(), ++launches);
    } while (outcome.ending == TrialEnding::out_of_time && launches < 10);
    StopFlag::set_deadline(0);
    if (stopped_ && attempt < 5) continue;
    ASSERT_FALSE(stopped_);
    EXPECT_EQ(launches, epochs);
    return expect_same_files(straight, limited, "a launch an epoch");
  }
}

// No launch of that length could end it: it is begun all the same, stopped on its way, and taken up by the next.
TEST_P(Resume, BeginsAnEpochThatIsLongerThanAWholeLaunch) {
  const TrialSetup straight = tiny("straight"), limited = tiny("limited");
  train(straight, GetParam().ranks);
  const auto shorten_the_launch = [](const EpochRecord& epoch) {
    StopFlag::set_deadline(0);
    StopFlag::set_deadline(monotonic_s() + 0.7 * epoch.seconds);
  };
  TrialOutcome outcome;
  size_t launches = 0;
  do {
    StopFlag::set_deadline(0);
    outcome = train(limited, GetParam().ranks, shorten_the_launch);
    ASSERT_NE(outcome.ending, TrialEnding::out_of_time);
  } while (stopped_ && ++launches < 50);
  StopFlag::set_deadline(0);
  ASSERT_FALSE(stopped_);
  expect_same_files(straight, limited, "epochs longer than a launch");
}

// Every kind of damage to the newest checkpoint: the one before is taken, and the user hears of it.
TEST_P(Resume, GoesOnFromTheCheckpointBeforeADamagedOne) {
  const TrialSetup straight = tiny("straight");
  train(straight, GetParam().ranks);
  const auto damages = {"flip a bit of a weight", "cut it short", "empty it"};
  for (const std::string damage : damages) {
    TrialSetup hurt = tiny(damage);
    std::vector<std::string> heard;
    hurt.note = [&](const std::string& sentence) { heard.push_back(sentence); };
    for (int step = 0; step < 2; ++step) train_one_step(hurt);
    ASSERT_TRUE(stopped_);
    EXPECT_TRUE(heard.empty());
    const auto newest = hurt.directory / "last-2.safetensors";
    std::string bytes = read_file(newest);
    if (damage == "flip a bit of a weight") bytes[bytes.size() - 7] ^= 1;
    if (damage == "cut it short") bytes.resize(bytes.size() / 2);
    if (damage == "empty it") bytes.clear();
    publish(newest, bytes);
    train(hurt, GetParam().ranks);
    EXPECT_FALSE(stopped_);
    expect_same_files(straight, hurt, damage);
    ASSERT_EQ(heard.size(), 1U) << damage;
    EXPECT_NE(heard[0].find("last-2.safetensors"), std::string::npos) << heard[0];
    EXPECT_NE(heard[0].find("going on from step 1"), std::string::npos) << heard[0];
  }
}

augment::AugmentConfig noise_and_mixup() {
  augment::AugmentConfig config;
  config.noise_probability = 0.5;
  config.mixup_probability = 0.8;
  return config;
}

INSTANTIATE_TEST_SUITE_P(
    Recipes, Resume,
    testing::Values(Recipe{"AverageOfWeights", "cnn_small", {{"train.select", "ema"}}},
                    Recipe{"SgdInPartsOnNoisyMixtures",
                           "cnn_small",
                           {{"train.optimiser", "sgd"}, {"train.accumulate", "2"}},
                           noise_and_mixup()},
                    Recipe{"PatienceWithBalancedClasses",
                           "cnn_small",
                           {{"train.patience", "1"}, {"train.select", "best"}, {"train.class_weights", "balanced"}}},
                    Recipe{"HeadFirst",
                           "cnn_small",
                           {{"train.head_epochs", "1"}, {"train.body_lr", "0.1"}, {"train.schedule", "cosine"}}},
                    Recipe{"TwoThreadsThatLoad", "cnn_small", {{"train.threads", "4"}}, noise_and_mixup()},
                    Recipe{"TwoRanks", "mfcc_mlp", {{"train.select", "best"}}, {}, 2},
                    Recipe{"OnAllRows", "cnn_small", {{"train.select", "ema"}}, noise_and_mixup(), 1, true},
                    Recipe{"OnAllRowsOnTwoRanks", "mfcc_mlp", {}, {}, 2, true}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace foldwave::training
