#include "report/histogram.h"

#include <gtest/gtest.h>

#include <numeric>

#include "report/round_step.h"

namespace foldwave::report {
namespace {

int total(const std::vector<HistogramBin>& bins, size_t group) {
  return std::accumulate(bins.begin(), bins.end(), 0,
                         [&](int sum, const HistogramBin& bin) { return sum + bin.count[group]; });
}

TEST(Histogram, PutsEveryValueIntoTheBinThatHoldsIt) {
  const std::vector<std::vector<double>> groups{{0, 1.5, 29.99, 30, 100}, {55.5}};
  const auto bins = histogram(groups, 1);
  EXPECT_EQ(total(bins, 0), 5);
  EXPECT_EQ(total(bins, 1), 1);
  EXPECT_EQ(bins.front().begin, 0);
  for (const HistogramBin& bin : bins) {
    EXPECT_DOUBLE_EQ(bin.end - bin.begin, 5);
    int expected = 0;
    for (const double value : groups[0]) expected += value >= bin.begin && value < bin.end;
    EXPECT_EQ(bin.count[0], expected) << bin.begin;
  }
}

TEST(Histogram, HasEqualValuesInTheMiddle) {
  const auto bins = histogram({{10, 10, 9.9999999}, {}}, 1);
  ASSERT_EQ(bins.size(), 11u);
  EXPECT_EQ(bins[5].count[0], 3);
  EXPECT_NEAR(bins[5].begin, 10, 1e-9);
}

TEST(Histogram, CountsInItsUnit) {
  const auto bins = histogram({{60, 600}}, 60);
  EXPECT_LE(bins.front().end, 1);
  EXPECT_GE(bins.back().begin, 10);
}

TEST(Histogram, OfNothingIsEmptyBins) { EXPECT_EQ(total(histogram({{}, {}}, 1), 0), 0); }

TEST(RoundStep, IsTheNextOfOneTwoFive) {
  EXPECT_DOUBLE_EQ(round_step(1), 1);
  EXPECT_DOUBLE_EQ(round_step(1.01), 2);
  EXPECT_DOUBLE_EQ(round_step(0.03), 0.05);
  EXPECT_DOUBLE_EQ(round_step(700), 1000);
}

}  // namespace
}  // namespace foldwave::report
