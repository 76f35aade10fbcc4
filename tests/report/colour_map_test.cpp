#include "report/colour_map.h"

#include <gtest/gtest.h>

#include <cmath>

namespace foldwave::report {
namespace {

TEST(ColourMap, GoesFromTheFloorToZeroDecibel) {
  EXPECT_EQ(shade_of(-80, -80), 0);
  EXPECT_EQ(shade_of(-40, -80), 128);
  EXPECT_EQ(shade_of(-0.3F, -80), 255);
  EXPECT_EQ(shade_of(0, -80), 255);
}

TEST(ColourMap, TakesItsEndsForWhatLiesBeyond) {
  EXPECT_EQ(shade_of(3, -80), 255);
  EXPECT_EQ(shade_of(-1000, -80), 0);
  EXPECT_EQ(shade_of(-INFINITY, -80), 0);
  EXPECT_EQ(shade_of(NAN, -80), 0);
}

TEST(ColourMap, GetsLighterStepByStep) {
  const auto luma = [](uint32_t colour) {
    return 0.2126 * (colour >> 16) + 0.7152 * (colour >> 8 & 255) + 0.0722 * (colour & 255);
  };
  for (size_t i = 4; i < magma.size(); i += 4) EXPECT_GT(luma(magma[i]), luma(magma[i - 4])) << i;
  EXPECT_GT(luma(magma[255]) - luma(magma[0]), 240);
}

}  // namespace
}  // namespace foldwave::report
