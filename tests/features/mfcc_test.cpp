#include <gtest/gtest.h>

#include <cmath>

#include "golden_cases.h"

namespace foldwave::features {
namespace {

TEST(Mfcc, IsLibrosasWithAndWithoutLiftering) {
  const auto golden = open_golden();
  MelExtractor extract(golden_config(0));
  const std::vector<std::pair<int, double>> sets = {{20, 0.0}, {13, 22.0}, {40, 0.0}};  // n_mfcc, lifter
  for (const std::string& signal : golden_signals) {
    const MelSpectrogram mel = extract(golden.read<float>(signal + "/audio"));
    for (size_t set = 0; set < sets.size(); ++set) {
      FeatureConfig config = golden_config(0);
      config.n_mfcc = sets[set].first;
      config.lifter = sets[set].second;
      const Mfcc ours = mfcc(mel, config);
      const auto expected = read_transposed(golden, signal + "/mel_0/mfcc_" + std::to_string(set) + "/mfcc");
      ASSERT_EQ(ours.frames, mel.frames);
      ASSERT_EQ(ours.values.size(), expected.size()) << signal << " set " << set;
      // A hundredth of a dB over the mel bins; the lifter multiplies it by up to 12. 3e-3 was measured.
      for (size_t i = 0; i < expected.size(); ++i)
        ASSERT_NEAR(ours.values[i], expected[i], 0.01) << signal << " set " << set;
    }
  }
}

TEST(Mfcc, OfSilenceIsAllInTheFirstCoefficient) {
  const FeatureConfig config;
  const Mfcc silent = mfcc(MelExtractor(config)(std::vector<float>(1000)), config);
  const double tolerance = 0.005;  // rounding over 128 terms of some 9 each, in single precision
  EXPECT_NEAR(silent.values[0], -100 * std::sqrt(128.0), tolerance);
  for (size_t k = 1; k < 20; ++k) EXPECT_NEAR(silent.values[k], 0, tolerance);
}

}  // namespace
}  // namespace foldwave::features
