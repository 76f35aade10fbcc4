#include <gtest/gtest.h>

#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

using Names = std::vector<std::string>;

HalvingConfig config_of(const std::vector<std::string>& arguments) {
  static const OptionRegistry registry = [] {
    OptionRegistry made;
    declare_options(made);
    made.add({.key = "train.epochs", .default_value = "10", .kind = ValueKind::integer, .min = 1});
    return made;
  }();
  return halving_config(resolve(registry, {}, arguments));
}

TEST(Halving, IsOffUnlessAskedFor) { EXPECT_TRUE(config_of({"--grid.rungs", "1,2"}).rungs.empty()); }

TEST(Halving, TakesItsRungsFromTheEpochsWhereNoneAreGiven) {
  EXPECT_EQ(config_of({"--grid.search", "halving", "--train.epochs", "40"}).rungs, (std::vector<int>{10, 20}));
  EXPECT_EQ(config_of({"--grid.search", "halving", "--train.epochs", "3"}).rungs, (std::vector<int>{1}));
  EXPECT_TRUE(config_of({"--grid.search", "halving", "--train.epochs", "1"}).rungs.empty());
  EXPECT_EQ(config_of({"--grid.search", "halving", "--grid.rungs", "2,6,9"}).rungs, (std::vector<int>{2, 6, 9}));
}

TEST(Halving, RefusesRungsThatDoNotAscend) {
  for (const char* rungs : {"3,2", "2,2"})
    EXPECT_THROW(config_of({"--grid.search", "halving", "--grid.rungs", rungs}), InputError) << rungs;
}

TEST(Halving, KeepsTheBetterShareRoundedUp) {
  EXPECT_EQ(keep_best({{"a", 0.1}, {"b", 0.3}, {"c", 0.2}}, 0.5), (Names{"b", "c"}));
  EXPECT_EQ(keep_best({{"a", 0.1}, {"b", 0.3}, {"c", 0.2}, {"d", 0.4}}, 0.5), (Names{"d", "b"}));
  EXPECT_EQ(keep_best({{"a", 0.1}}, 0.01), (Names{"a"}));
  EXPECT_EQ(keep_best({{"a", 0.1}, {"b", 0.2}, {"c", 0.3}, {"d", 0.3}}, 0.25), (Names{"c"}));  // config order
  EXPECT_TRUE(keep_best({}, 0.5).empty());
}

TEST(Halving, WhatFailedIsLast) { EXPECT_EQ(keep_best({{"a", std::nan("")}, {"b", 0.0}}, 0.5), (Names{"b"})); }

}  // namespace
}  // namespace foldwave::planning
