#include "report/wording.h"

#include <gtest/gtest.h>

#include <cmath>

namespace foldwave::report {
namespace {

TEST(Wording, PutsDurationsInUnitsOfTheirSize) {
  EXPECT_EQ(duration(4.23), "4.2 s");
  EXPECT_EQ(duration(185), "3 min 05 s");
  EXPECT_EQ(duration(7800), "2 h 10 min");
  EXPECT_EQ(duration(std::nan("")), "-");
  EXPECT_EQ(elapsed(0, 1795560000), "-");
}

TEST(Wording, PrintsNothingThatATerminalObeys) {
  EXPECT_EQ(printable("caf\u00E9 \u202Ea\x1B[2Jb\u009B\n\xFF"), "caf\u00E9 ?a?[2Jb??\uFFFD");
}

TEST(Wording, CutsNamesBetweenCharacters) {
  EXPECT_EQ(shortened("Café au lait", 5), "Café…");
  EXPECT_EQ(shortened("日本の音楽", 3), "日本…");
  EXPECT_EQ(shortened("Rock", 4), "Rock");
  EXPECT_EQ(shortened("Very Long Genre Name 7", 20), "Very Long Gen…Name 7");
  EXPECT_EQ(shortened("日本の音楽と日本の音楽と日本の音", 12), "日本の音楽と日…日本の音");
}

TEST(Wording, CountsOneSongAndTwoSongs) {
  EXPECT_EQ(counted(1, "song"), "1 song");
  EXPECT_EQ(counted(0, "song"), "0 songs");
}

TEST(Wording, WritesADashWhereThereIsNoNumber) {
  EXPECT_EQ(f1(std::nan("")), "-");
  EXPECT_EQ(with_error(0.5, std::nan("")), "0.500");
}

}  // namespace
}  // namespace foldwave::report
