#include <gtest/gtest.h>

#include <map>

#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

class ForecastTest : public testing::Test {
 protected:
  ForecastTest() {
    for (const char* key : {"train.batch", "train.crop_frames", "train.precision", "train.accumulate", "train.threads",
                            "model.hidden", "train.sync_batchnorm", "model.summary", "model.descriptors",
                            "model.window_s", "model.landmarks", "model.hidden_norm", "model.cnn_channels",
                            "predict.crops", "predict.augmented_passes", "augment.*.pitch_probability"})
      registry_.add({.key = key});
    registry_.add({.key = "train.select", .default_value = "last"});
    registry_.add({.key = "train.optimiser", .default_value = "adamw"});
    registry_.add({.key = "train.head_epochs", .default_value = "0", .kind = ValueKind::integer});
    registry_.add({.key = "train.body_lr", .default_value = "1", .kind = ValueKind::real});
  }
  TrialSpec trial(const std::string& model, const std::map<std::string, std::string>& values = {}) const {
    TrialSpec spec{
        .model = model, .augment = "none", .name = model, .id = "", .identity = "", .settings = Settings(registry_)};
    for (const auto& [key, value] : values) spec.settings.set(key, value, "test");
    return spec;
  }

  OptionRegistry registry_;
};

TEST_F(ForecastTest, ACostIsThatOfTheModelAndWhatDecidesItsSpeed) {
  EXPECT_EQ(cost_key(trial("a")), cost_key(trial("a")));
  EXPECT_NE(cost_key(trial("a")), cost_key(trial("b")));
  EXPECT_NE(cost_key(trial("a")), cost_key(trial("a", {{"train.batch", "64"}})));
}

// A loader that shifts pitches takes time from the cores that train.
TEST_F(ForecastTest, ACostIsThatOfTheAugmentationToo) {
  const auto shifted = [&](const std::string& name, const std::string& probability) {
    TrialSpec spec = trial("a");
    spec.augment = name;
    spec.settings.set("augment." + name + ".pitch_probability", probability, "test");
    return cost_key(spec);
  };
  EXPECT_NE(shifted("pitch", "0.5"), cost_key(trial("a")));
  EXPECT_NE(shifted("pitch", "0.5"), shifted("pitch", "0.1"));
}

TEST_F(ForecastTest, IsUnknownWhereACostIs) {
  EXPECT_FALSE(forecast({trial("a")}, {{}}, {}, lay_out({{1, 1}}, {0}, 0)));
}

TEST_F(ForecastTest, AddsUpWhatTrialsTake) {
  const CostTable costs{{cost_key(trial("a")), {1, 10, 40, 20, 300, 8}}};
  const std::vector<TrialSpec> trials{trial("a"), trial("a"), trial("a")};
  // 1 s to set up; 5 epochs of 100 / 10 and 20 / 20 s; the validation and the test once more.
  const TrialWork work{5, 0, 100, 20, 40};
  const double each_s = 1 + 5 * 11 + 60.0 / 20;
  const auto one = forecast(trials, {work, work, work}, costs, lay_out({{1, 1}, {1, 1}, {1, 1}}, {0, 0}, 0));
  ASSERT_TRUE(one);
  EXPECT_NEAR(one->wall_s, 2 * each_s, 0.01);
  EXPECT_NEAR(one->rank_hours, 3 * each_s / 3600, 1e-9);
  EXPECT_EQ(one->memory_mib_per_rank, 300);
  EXPECT_EQ(one->footprint.mib, 3 * 8 + 2 * 6 * 8);
  EXPECT_EQ(one->footprint.files, 15);
  const auto averages = trial("a", {{"train.select", "ema"}}), sgd = trial("a", {{"train.optimiser", "sgd"}});
  EXPECT_EQ(footprint_of({averages, sgd}, {8, 8}, lay_out({{1, 1}, {1, 1}}, {0, 0}, 0)).mib, 2 * 8 + 8 * 8 + 4 * 8);
  const auto pair = forecast({trial("a")}, {work}, costs, lay_out({{1, 8}}, {0, 0}, 0));
  EXPECT_NEAR(pair->wall_s, each_s / 1.8, 0.01);
}

TEST_F(ForecastTest, CountsEpochsOfTheClassifierAloneByTheirOwnSpeed) {
  const auto head_first = trial("a", {{"train.head_epochs", "2"}});
  EXPECT_NE(cost_key(head_first), cost_key(trial("a")));
  EXPECT_EQ(cost_key(head_first), cost_key(trial("a", {{"train.head_epochs", "3"}})));
  EXPECT_NE(cost_key(trial("a", {{"train.body_lr", "0"}})), cost_key(trial("a")));
  const CostTable costs{{cost_key(head_first), {1, 10, 40, 20, 300, 8}}};
  const auto one = forecast({head_first}, {{5, 2, 100, 20, 40}}, costs, lay_out({{1, 1}}, {0}, 0));
  ASSERT_TRUE(one);
  EXPECT_NEAR(one->wall_s, 1 + 3 * 10 + 2 * 2.5 + 5 * 1 + 60.0 / 20, 0.01);
}

}  // namespace
}  // namespace foldwave::planning
