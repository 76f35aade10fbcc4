// A launch whose group has lost a rank: it says so, and ends as a whole, those ranks too that wait elsewhere.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "foldwave/core/clock.h"

namespace foldwave::comm {
namespace {

TEST(LostGroup, EndsTheLaunchWithinTenSecondsOfItsSentence) {
  FILE* launch = popen(FOLDWAVE_LOST_GROUP, "r");
  ASSERT_NE(launch, nullptr);
  double said_s = 0;
  std::string all;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), launch) != nullptr) {
    all += line.data();
    if (said_s == 0 && all.find("a rank of the group is lost; all ranks are ended") != std::string::npos)
      said_s = monotonic_s();
  }
  EXPECT_NE(pclose(launch), 0);
  ASSERT_GT(said_s, 0) << all;
  EXPECT_LT(monotonic_s() - said_s, 10);
}

}  // namespace
}  // namespace foldwave::comm
