#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "foldwave/core/errors.h"
#include "golden_cases.h"

namespace foldwave::features {
namespace {

TEST(Mel, IsLibrosasForEverySignalAndParameterSet) {
  const auto golden = open_golden();
  for (int set = 0; set < 3; ++set) {
    MelExtractor extract(golden_config(set));
    for (const std::string& signal : golden_signals) {
      const MelSpectrogram mel = extract(golden.read<float>(signal + "/audio"));
      const auto expected = read_transposed(golden, signal + "/mel_" + std::to_string(set) + "/mel");
      ASSERT_EQ(mel.power.size(), expected.size()) << signal << " set " << set;
      // The reference is in double precision; 4e-7 was measured.
      const float tolerance = 1e-5F * maximum(expected);
      for (size_t i = 0; i < expected.size(); ++i)
        ASSERT_NEAR(mel.power[i], expected[i], tolerance) << signal << " set " << set;
    }
  }
}

// Of magnitudes, 80 dB are 160 in power: further down than a transform in single precision sees.
TEST(Mel, IsLibrosasInDecibelDownToTheFloorForEveryParameterSet) {
  const auto golden = open_golden();
  for (int set = 0; set < 3; ++set) {
    FeatureExtractor extract(golden_config(set));
    for (const std::string& signal : golden_signals) {
      Features features;
      extract(golden.read<float>(signal + "/audio"), features);
      const auto power = read_transposed(golden, signal + "/mel_" + std::to_string(set) + "/mel");
      const double floor = 10 * std::log10(std::max(1e-10, static_cast<double>(maximum(power)))) - 80;
      ASSERT_EQ(features.mel.db.size(), power.size());
      for (size_t i = 0; i < power.size(); ++i) {
        const double db = 10 * std::log10(std::max(1e-10, static_cast<double>(power[i])));
        ASSERT_NEAR(features.mel.db[i], std::max(db, floor), 0.01) << signal << " set " << set;  // 1e-3 was measured
      }
    }
  }
}

TEST(Mel, HasAFrameAtEveryHopAndOneAtTheStart) {
  const FeatureConfig config;
  EXPECT_EQ(frame_count(0, config), 1);
  EXPECT_EQ(frame_count(511, config), 1);
  EXPECT_EQ(frame_count(512, config), 2);
  EXPECT_EQ(frame_count(30 * 22050, config), 1292);
}

TEST(Mel, TakesTheEmptySignalAsOneSilentFrame) {
  const MelSpectrogram mel = MelExtractor(FeatureConfig{})({});
  EXPECT_EQ(mel.frames, 1);
  EXPECT_EQ(mel.power, std::vector<float>(128));
}

TEST(Mel, GivesTheSameBytesWhateverWasExtractedBefore) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> noise(20000), other(30000);
  for (float& sample : noise) sample = normal(generator);
  for (float& sample : other) sample = normal(generator);
  MelExtractor used(FeatureConfig{}), fresh(FeatureConfig{});
  used(other);
  EXPECT_EQ(used(noise).power, fresh(noise).power);
}

TEST(Mel, RefusesAConfigThatNoSignalCanSatisfy) {
  FeatureConfig config;
  config.fmin = 12000;
  EXPECT_THROW(MelExtractor{config}, InputError);
}

}  // namespace
}  // namespace foldwave::features
