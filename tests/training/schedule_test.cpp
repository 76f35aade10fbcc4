#include "training/schedule.h"

#include <gtest/gtest.h>

namespace foldwave::training {
namespace {

TrainConfig with(const std::string& schedule) {
  TrainConfig config;
  config.schedule = schedule;
  config.lr = 1e-3;
  return config;
}

TEST(Schedule, OneCycleIsPyTorchs) {
  // torch 2.15.0: OneCycleLR(AdamW([p], lr=1e-3), max_lr=1e-3, total_steps=20): param_groups[0]["lr"] and ["betas"][0]
  // at each step.
  struct {
    int64_t step;
    double lr, momentum;
  } const expected[] = {{0, 3.9999999999999996e-05, 0.95},
                        {1, 0.0001316718427000252, 0.9404508497187474},
                        {4, 0.0009083281572999747, 0.8595491502812526},
                        {5, 0.001, 0.85},
                        {6, 0.0009874640062350875, 0.8512536043909088},
                        {12, 0.0005000019999999999, 0.8999999999999999},
                        {18, 1.2539993764912554e-05, 0.9487463956090911},
                        {19, 4e-09, 0.95}};
  for (const auto& e : expected) {
    const Rates rates = rates_at(with("one_cycle"), e.step, 20);
    EXPECT_NEAR(rates.lr, e.lr, 1e-15) << e.step;
    EXPECT_NEAR(rates.momentum, e.momentum, 1e-12) << e.step;
  }
}

TEST(Schedule, OneCycleGivesSgdThatMomentumTooAndTheOthersItsOwn) {
  for (const char* schedule : {"one_cycle", "cosine", "constant"}) {
    TrainConfig config = with(schedule);
    config.optimiser = "sgd";
    config.momentum = 0.8;
    const bool cycles = config.schedule == "one_cycle";
    EXPECT_NEAR(rates_at(config, 0, 20).momentum, cycles ? 0.95 : 0.8, 1e-12) << schedule;
    EXPECT_NEAR(rates_at(config, 5, 20).momentum, cycles ? 0.85 : 0.8, 1e-12) << schedule;
  }
}

TEST(Schedule, CosineWarmsUpOverATwentiethAndEndsNearNothing) {
  EXPECT_NEAR(rates_at(with("cosine"), 0, 100).lr, 1e-3 / 5, 1e-12);
  EXPECT_NEAR(rates_at(with("cosine"), 4, 100).lr, 1e-3, 1e-12);
  EXPECT_NEAR(rates_at(with("cosine"), 5, 100).lr, 1e-3, 1e-12);
  EXPECT_LT(rates_at(with("cosine"), 99, 100).lr, 1e-6);
}

TEST(Schedule, IsFiniteForARunOfOneStep) {
  for (const char* name : {"one_cycle", "cosine", "constant"}) {
    const Rates rates = rates_at(with(name), 0, 1);
    EXPECT_TRUE(rates.lr >= 0 && rates.lr <= 1e-3) << name;
  }
}

TEST(Train, ReadsAKeyWhereAnotherGivesItAMeaning) {
  OptionRegistry registry;
  declare_options(registry);
  Settings settings(registry);
  for (const char* key : {"train.warm_up", "train.ema_decay", "train.momentum"})
    EXPECT_FALSE(reads(settings, key)) << key;
  EXPECT_TRUE(reads(settings, "train.lr"));
  settings.set("train.select", "ema", "test");
  EXPECT_TRUE(reads(settings, "train.ema_decay"));
  settings.set("train.optimiser", "sgd", "test");
  EXPECT_FALSE(reads(settings, "train.momentum")) << "one_cycle has its own";
  settings.set("train.schedule", "cosine", "test");
  EXPECT_TRUE(reads(settings, "train.momentum"));
  EXPECT_TRUE(reads(settings, "train.warm_up"));
}

}  // namespace
}  // namespace foldwave::training
