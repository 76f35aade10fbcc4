#include <gtest/gtest.h>

#include <numeric>

#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

using Groups = std::vector<std::vector<int>>;

std::vector<Demand> demands(const std::vector<double>& costs, int most_ranks = 64) {
  std::vector<Demand> all;
  for (const double cost : costs) all.push_back({cost, most_ranks});
  return all;
}

std::vector<int> nodes(int count, int ranks_each) {
  std::vector<int> node_of;
  for (int node = 0; node < count; ++node) node_of.insert(node_of.end(), static_cast<size_t>(ranks_each), node);
  return node_of;
}

TEST(Layout, GivesOneRankToEachWhileTrialsAreAtLeastAsManyAsRanks) {
  EXPECT_EQ(lay_out(demands({1, 2, 3, 4}), nodes(1, 3), 0).groups, (Groups{{0}, {1}, {2}}));
  const Layout layout = lay_out(demands({5, 1}), nodes(1, 2), 0);
  EXPECT_EQ(layout.groups, (Groups{{0}, {1}}));
  EXPECT_EQ(layout.ranks_of, (std::vector<int>{1, 1}));
}

TEST(Layout, GivesTheDearerTrialsMoreRanks) {
  const Layout layout = lay_out(demands({6, 1, 3}), nodes(1, 8), 0);
  EXPECT_EQ(layout.ranks_of, (std::vector<int>{5, 1, 2}));
  EXPECT_EQ(layout.groups, (Groups{{0, 1, 2, 3, 4}, {5, 6}, {7}}));
  EXPECT_EQ(lay_out(demands({1}), nodes(1, 4), 0).groups, (Groups{{0, 1, 2, 3}}));
  EXPECT_EQ(lay_out(demands({1, 1}), nodes(1, 4), 0).groups, (Groups{{0, 1}, {2, 3}}));
}

TEST(Layout, GivesNoTrialMoreRanksThanItCanUse) {
  const Layout layout = lay_out({{100, 1}, {1, 64}}, nodes(1, 4), 0);
  EXPECT_EQ(layout.ranks_of, (std::vector<int>{1, 3}));
  EXPECT_EQ(lay_out({{1, 1}}, nodes(2, 4), 0).groups, (Groups{{0}}));
  EXPECT_EQ(lay_out({{1, 6}}, nodes(2, 4), 0).groups, (Groups{{0, 1, 2, 3, 4, 5}}));
}

TEST(Layout, KeepsAGroupOnItsNodeUnlessItHasWholeNodes) {
  const Layout few = lay_out(demands({8, 1}, 1000), nodes(3, 4), 0);  // more nodes than trials
  EXPECT_EQ(few.groups, (Groups{{0, 1, 2, 3, 4, 5, 6, 7}, {8, 9, 10, 11}}));
  EXPECT_EQ(few.ranks_of, (std::vector<int>{8, 4}));
  const Layout more = lay_out(demands({9, 1, 1, 1, 1}), nodes(2, 4), 0);
  EXPECT_EQ(more.ranks_of[0], 4);
  for (const auto& group : more.groups) EXPECT_EQ(group.front() / 4, group.back() / 4);
}

TEST(Layout, KnowsNodesWhoseRanksAlternate) {
  const Layout layout = lay_out(demands({1, 1}), {0, 1, 0, 1}, 0);
  EXPECT_EQ(layout.groups, (Groups{{0, 2}, {1, 3}}));
}

TEST(Layout, TakesTheSizeThatIsGiven) {
  EXPECT_EQ(lay_out(demands(std::vector<double>(10, 1)), nodes(1, 5), 2).groups, (Groups{{0, 1}, {2, 3}}));
  const Layout layout = lay_out(demands({1, 1}), nodes(1, 2), 8);
  EXPECT_EQ(layout.groups, (Groups{{0, 1}}));
  EXPECT_EQ(layout.ranks_of, (std::vector<int>{2, 2}));
}

// Whatever trials and nodes: every trial has a group of its size, no rank is in two groups, none idles that could help.
TEST(Layout, HoldsForAnyTrialsAndNodes) {
  uint32_t state = 1;
  const auto draw = [&](int n) { return static_cast<int>((state = state * 1664525U + 1013904223U) >> 8) % n; };
  for (int round = 0; round < 500; ++round) {
    std::vector<int> node_of;
    for (int node = 0, count = 1 + draw(5); node < count; ++node)
      node_of.insert(node_of.end(), size_t{1} + static_cast<size_t>(draw(8)), node);
    std::vector<Demand> trials(static_cast<size_t>(1 + draw(12)));
    for (Demand& demand : trials) demand = {1.0 + draw(100), 1000};
    const Layout layout = lay_out(trials, node_of, 0);
    std::vector<int> used;
    for (const auto& group : layout.groups) used.insert(used.end(), group.begin(), group.end());
    std::sort(used.begin(), used.end());
    std::vector<int> all(node_of.size());
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(used, all) << round;
    for (const int ranks : layout.ranks_of)
      EXPECT_TRUE(std::any_of(layout.groups.begin(), layout.groups.end(), [&](const auto& group) {
        return group.size() == static_cast<size_t>(ranks);
      })) << round;
  }
}

}  // namespace
}  // namespace foldwave::planning
