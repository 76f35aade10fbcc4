#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

Layout single_ranks(size_t trials, int ranks) {
  return lay_out(std::vector<Demand>(trials), std::vector<int>(static_cast<size_t>(ranks), 0), 1);
}

// Durations of a log-normal law, the longest first: a few are seven times as long as the mean.
std::vector<double> skewed(size_t trials) {
  std::vector<double> seconds;
  uint32_t state = 1;
  const auto uniform = [&] { return ((state = state * 1664525U + 1013904223U) >> 8) / 16777216.0 + 1e-9; };
  for (size_t i = 0; i < trials; ++i)
    seconds.push_back(600 * std::exp(0.5 * std::sqrt(-2 * std::log(uniform())) * std::cos(2 * M_PI * uniform())));
  std::sort(seconds.rbegin(), seconds.rend());
  return seconds;
}

TEST(Schedule, HandsOutInOrderToWhoeverIsFree) {
  const Schedule schedule = simulate({5, 3, 2, 2}, single_ranks(4, 2), 0);
  EXPECT_DOUBLE_EQ(schedule.makespan_s, 7);  // 5 + 2 and 3 + 2
  EXPECT_DOUBLE_EQ(schedule.busy, 12.0 / 14);
}

TEST(Schedule, AGroupTakesTrialsOfItsSizeAlone) {
  const Layout layout{{{0, 1, 2}, {3}}, {3, 1, 1}};
  const Schedule schedule = simulate({10, 4, 7}, layout, 0);
  EXPECT_DOUBLE_EQ(schedule.makespan_s, 11);
  EXPECT_DOUBLE_EQ(schedule.busy, (30.0 + 11) / 44);
}

TEST(Schedule, TheCoordinatorServesOneAfterTheOther) {
  EXPECT_DOUBLE_EQ(simulate({1, 1, 1, 1}, single_ranks(4, 4), 0.5).makespan_s, 3);
}

TEST(Schedule, OfNothingTakesNoTime) {
  const Schedule schedule = simulate({}, single_ranks(0, 2), 1);
  EXPECT_EQ(schedule.makespan_s, 0);
  EXPECT_EQ(schedule.busy, 0);
}

TEST(Schedule, KeepsTwoThousandWorkersBusyWithTwentyThousandTrials) {
  const std::vector<double> seconds = skewed(20000);
  const double sum = std::accumulate(seconds.begin(), seconds.end(), 0.0);
  const Schedule schedule = simulate(seconds, single_ranks(20000, 1920), 1e-3);
  EXPECT_GE(schedule.busy, 0.95);
  EXPECT_NEAR(schedule.busy, sum / (1920 * schedule.makespan_s), 1e-9);
}

}  // namespace
}  // namespace foldwave::planning
