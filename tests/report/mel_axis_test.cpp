#include "report/mel_axis.h"

#include <gtest/gtest.h>

namespace foldwave::report {
namespace {

std::vector<double> frequencies(const features::FeatureConfig& config) {
  std::vector<double> hz;
  for (const MelTick& tick : mel_ticks(config)) hz.push_back(tick.hz);
  return hz;
}

TEST(MelAxis, HasPowersOfTwoAndZero) {
  EXPECT_EQ(frequencies({}), (std::vector<double>{0, 256, 512, 1024, 2048, 4096, 8192}));
}

TEST(MelAxis, PutsATickWhereTheFilterOfItsFrequencyPeaks) {
  const features::FeatureConfig config;
  const std::vector<MelTick> ticks = mel_ticks(config);
  EXPECT_EQ(ticks[0].bin, -0.5);  // the picture's edge
  for (size_t i = 1; i < ticks.size(); ++i) EXPECT_EQ(ticks[i].bin, features::mel_bin_of(ticks[i].hz, config));
}

TEST(MelAxis, StaysWithinItsBinsAndDoesNotCrowd) {
  for (const bool htk : {false, true})
    for (const int n_mels : {8, 40, 128, 512}) {
      features::FeatureConfig config;
      config.htk = htk, config.n_mels = n_mels, config.fmin = 30, config.fmax = 8000;
      const std::vector<MelTick> ticks = mel_ticks(config);
      EXPECT_GE(ticks.size(), 3u);
      for (const MelTick& tick : ticks) EXPECT_TRUE(tick.bin >= -0.5 && tick.bin <= n_mels - 0.5) << tick.hz;
      for (size_t i = 1; i < ticks.size(); ++i)
        EXPECT_GE(ticks[i].bin - ticks[i - 1].bin, 0.05 * n_mels) << ticks[i].hz;
    }
}

TEST(MelAxis, TakesARoundStepWhereFewPowersOfTwoLie) {
  features::FeatureConfig config;
  config.fmin = 300, config.fmax = 500;
  EXPECT_EQ(frequencies(config), (std::vector<double>{300, 350, 400, 450, 500}));
}

}  // namespace
}  // namespace foldwave::report
