// A trial on all rows: it validates nothing, and says so everywhere.
#include <gtest/gtest.h>

#include <cmath>

#include "foldwave/core/errors.h"
#include "small_trial.h"

namespace foldwave::training {
namespace {

class Refit : public SmallTrial, public testing::WithParamInterface<const char*> {
 protected:
  TrialSetup refit(const std::string& name) {
    return on_all_rows(setup(GetParam(), name, {{"model.summary", "rich"}}));
  }
};

TEST_P(Refit, LeavesACheckpointAndNothingOutOfFold) {
  for (const int ranks : {1, 2}) {
    const TrialSetup trial = refit("on-" + std::to_string(ranks));
    const TrialOutcome outcome = train(trial, ranks);
    EXPECT_TRUE(std::filesystem::exists(trial.directory / "final.safetensors"));
    EXPECT_FALSE(std::filesystem::exists(trial.directory / "oof.h5"));
    EXPECT_EQ(outcome.oof.rows(), 0U);
    EXPECT_TRUE(std::isnan(outcome.oof.macro_f1));
  }
}

TEST_P(Refit, SaysNothingOfAValidationInItsMetricsAndEvents) {
  const TrialSetup trial = refit("trial");
  std::vector<EpochRecord> heard;
  train(trial, 1, [&](const EpochRecord& epoch) { heard.push_back(epoch); });
  ASSERT_FALSE(heard.empty());
  EXPECT_TRUE(std::isfinite(heard.back().train_loss));
  EXPECT_FALSE(heard.back().validated());
  const std::string metrics = read_file(trial.directory / "metrics.csv");
  EXPECT_EQ(metrics.find("nan"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find(",,,,"), std::string::npos) << metrics;
  for (const auto& entry : std::filesystem::directory_iterator(trial.directory)) {
    if (!entry.path().filename().string().starts_with("events.")) continue;
    EXPECT_EQ(read_file(entry.path()).find("valid/"), std::string::npos);
  }
}

TEST_P(Refit, PredictsFromItsCheckpointAlone) {
  const TrialSetup trial = refit("trial");
  train(trial);
  const store::FeatureStore store(folder);
  const auto probability =
      Predictor(trial.directory / "final.safetensors", store, 1, -1)(trial.train.track, {{.crops = 2}, false});
  ASSERT_EQ(probability.size(), 3 * trial.train.track.size());
  for (size_t song = 0; song < trial.train.track.size(); ++song)
    EXPECT_NEAR(probability[3 * song] + probability[3 * song + 1] + probability[3 * song + 2], 1, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Refit, testing::Values("logistic", "rbf", "mfcc_mlp", "cnn_small"),
                         [](const auto& test) { return std::string(test.param); });

class RefitSettings : public SmallTrial {
 protected:
  std::string refusal(const Values& values) {
    try {
      train_config(setup("cnn_small", "trial", values).settings);
    } catch (const InputError& error) {
      return error.what();
    }
    return "not refused";
  }
};

TEST_F(RefitSettings, AreRefusedWhereAChoiceNeedsValidationSongs) {
  EXPECT_EQ(refusal({{"train.refit_all", "true"}, {"train.select", "best"}}),
            "test: train.select = best chooses an epoch by validation songs, and the fit on all songs that "
            "train.refit_all = true asks for has none");
  EXPECT_EQ(refusal({{"train.refit_all", "yes"}, {"train.patience", "2"}}),
            "test: train.patience = 2 ends a trial by validation songs, and the fit on all songs that "
            "train.refit_all = yes asks for has none");
  EXPECT_EQ(refusal({{"train.refit_all", "true"}, {"train.select", "ema"}}), "not refused");
  EXPECT_EQ(refusal({{"train.refit_all", "false"}, {"train.select", "best"}, {"train.patience", "2"}}), "not refused");
}

}  // namespace
}  // namespace foldwave::training
