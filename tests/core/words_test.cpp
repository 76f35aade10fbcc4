#include "foldwave/core/words.h"

#include <gtest/gtest.h>

namespace foldwave {
namespace {

TEST(Nearest, FindsWhatASlipOfTheFingerMeant) {
  const std::vector<std::string> known{"train.epochs", "train.lr", "status"};
  EXPECT_EQ(nearest("train.epoch", known), "train.epochs");
  EXPECT_EQ(nearest("train.epcohs", known), "train.epochs");
  EXPECT_EQ(nearest("statsu", known), "status");
  EXPECT_EQ(nearest("epochs", known), "");
  EXPECT_EQ(nearest("lr", known), "");  // of two letters nothing can be told
  EXPECT_EQ(nearest("", known), "");
}

TEST(Wrapped, BreaksAtSpacesAndNowhereElse) {
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("a-word-that-is-long b", 7), (std::vector<std::string>{"a-word-that-is-long", "b"}));
  EXPECT_EQ(wrapped("", 7), std::vector<std::string>{""});
}

}  // namespace
}  // namespace foldwave
