#include "report/fonts.h"

#include <gtest/gtest.h>

namespace foldwave::report {
namespace {

TEST(Fonts, DrawLatinLettersAsTheyAre) {
  EXPECT_EQ(drawable("Rock & Roll"), "Rock & Roll");
  EXPECT_EQ(drawable("Café"), "Café");
}

TEST(Fonts, HaveASignForWhatNoneOfThemHas) {
  const std::string text = drawable("a\U0010FFFDb\U000F0000c");
  EXPECT_TRUE(text == "a□b□c" || text == "a?b?c") << text;
}

TEST(Fonts, LetNothingOfABrokenCharacterThrough) {
  const std::string text = drawable("a\xF4\x8F");
  EXPECT_EQ(text.find('\xF4'), std::string::npos);
  EXPECT_EQ(text.front(), 'a');
}

}  // namespace
}  // namespace foldwave::report
