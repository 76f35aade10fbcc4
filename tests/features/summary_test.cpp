#include <gtest/gtest.h>

#include <cmath>

#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

TEST(MfccSummary, HoldsMeanDeviationMinimumAndMaximumOfEachCoefficient) {
  const Mfcc mfcc{3, 2, {1, 10, 2, 10, 6, 40}};
  const auto summary = mfcc_summary(mfcc);
  ASSERT_EQ(summary.size(), 8U);
  EXPECT_FLOAT_EQ(summary[0], 3);
  EXPECT_FLOAT_EQ(summary[1], 20);
  EXPECT_FLOAT_EQ(summary[2], std::sqrt(14.0F / 3));  // divided by the frames, as numpy.std
  EXPECT_FLOAT_EQ(summary[3], std::sqrt(200.0F));
  EXPECT_FLOAT_EQ(summary[4], 1);
  EXPECT_FLOAT_EQ(summary[5], 10);
  EXPECT_FLOAT_EQ(summary[6], 6);
  EXPECT_FLOAT_EQ(summary[7], 40);
}

TEST(MfccSummary, HasNoDeviationOverASingleFrame) {
  EXPECT_EQ(mfcc_summary({1, 1, {5}}), (std::vector<float>{5, 0, 5, 5}));
}

TEST(MfccSummary, NamesItsColumnsInTheirOrder) {
  const auto names = mfcc_summary_names(20);
  ASSERT_EQ(names.size(), 80U);
  EXPECT_EQ(names[0], "mfcc_00_mean");
  EXPECT_EQ(names[19], "mfcc_19_mean");
  EXPECT_EQ(names[20], "mfcc_00_std");
  EXPECT_EQ(names[40], "mfcc_00_min");
  EXPECT_EQ(names[79], "mfcc_19_max");
}

}  // namespace
}  // namespace foldwave::features
