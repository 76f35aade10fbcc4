#include <gtest/gtest.h>

#include <cmath>

#include "golden_cases.h"

namespace foldwave::features {
namespace {

TEST(PowerToDb, IsLibrosasRelativeToTheMaximum) {
  const auto golden = open_golden();
  MelExtractor extract(golden_config(0));
  for (const std::string& signal : golden_signals) {
    const MelSpectrogram mel = extract(golden.read<float>(signal + "/audio"));
    const auto db = power_to_db(mel.power, maximum(mel.power), 80);
    const auto expected = read_transposed(golden, signal + "/mel_0/db_ref_max");
    ASSERT_EQ(db.size(), expected.size()) << signal;
    // 80 dB below the maximum is 1e-4 of its amplitude, where single precision (1e-7) costs 1e-3 dB.
    for (size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(db[i], expected[i], 0.01) << signal << " at " << i;
  }
}

TEST(PowerToDb, FollowsTheLogarithmOverTheWholeRange) {
  std::vector<float> power;
  for (double x = 1e-10; x < 1e30; x *= 1.01) power.push_back(static_cast<float>(x));
  const auto db = power_to_db(power, 1, 1000);
  for (size_t i = 0; i < power.size(); ++i) {
    const double expected = 10 * std::log10(static_cast<double>(power[i]));
    ASSERT_NEAR(db[i], expected, 2e-6 + 2e-7 * std::abs(expected)) << power[i];
  }
}

TEST(PowerToDb, TakesSilenceAsTheSmallestPower) {
  EXPECT_EQ(power_to_db(std::vector<float>{0}, 1, 80)[0], -100);
  EXPECT_EQ(power_to_db(std::vector<float>{0}, 0, 80)[0], 0);
}

TEST(PowerToDb, RaisesToTheFloorBelowTheMaximum) {
  EXPECT_EQ(power_to_db(std::vector<float>{1, 1e-6F, 0}, 1, 40), (std::vector<float>{0, -40, -40}));
}

TEST(Maximum, IsZeroForNoValues) { EXPECT_EQ(maximum({}), 0); }

TEST(Maximum, IsFoundAtAnyPlace) {
  for (size_t place = 0; place < 20; ++place) {
    std::vector<float> values(20, -3);
    values[place] = -1;
    EXPECT_EQ(maximum(values), -1) << place;
  }
}

}  // namespace
}  // namespace foldwave::features
