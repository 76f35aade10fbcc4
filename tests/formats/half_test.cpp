#include "foldwave/formats/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "foldwave/core/errors.h"

namespace foldwave::formats {
namespace {

TEST(Half, HasTheValuesOfIeee754) {
  EXPECT_EQ(to_half(1.0f).bits, 0x3c00);
  EXPECT_EQ(to_half(-2.0f).bits, 0xc000);
  EXPECT_EQ(to_half(65504.0f).bits, 0x7bff);
  EXPECT_EQ(to_half(65519.9f).bits, 0x7bff);
  EXPECT_EQ(to_half(65520.0f).bits, 0x7c00);
  EXPECT_EQ(to_half(0x1p-24f).bits, 0x0001);
  EXPECT_EQ(to_half(0x1p-25f).bits, 0x0000);  // a tie goes to even
  EXPECT_EQ(to_half(0x1.8p-24f).bits, 0x0002);
  EXPECT_EQ(to_half(-0.0f).bits, 0x8000);
  EXPECT_EQ(to_half(1 + 0x1p-11f).bits, 0x3c00);
  EXPECT_EQ(to_half(1 + 0x3p-11f).bits, 0x3c02);
  EXPECT_TRUE(std::isnan(to_float(to_half(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(Half, ComesBackUnchangedThroughFloat) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Half half{static_cast<uint16_t>(bits)};
    const bool nan = (bits & 0x7fff) > 0x7c00;
    EXPECT_EQ(to_half(to_float(half)).bits, nan ? bits | 0x200 : bits);
  }
}

TEST(Half, ArraysHaveTheBitsOfSingleNumbers) {
  std::mt19937 random(1);
  std::vector<float> values(100003);
  for (float& value : values) value = std::bit_cast<float>(static_cast<uint32_t>(random()));
  for (size_t i = 0; i < values.size(); i += 2)
    values[i] = std::ldexp(std::fmod(values[i], 1.0f), static_cast<int>(i % 48) - 28);
  std::vector<Half> halves(values.size());
  to_half(values, halves);
  std::vector<float> floats(values.size());
  to_float(halves, floats);
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(halves[i].bits, to_half(values[i]).bits) << std::hexfloat << values[i];
    ASSERT_EQ(std::bit_cast<uint32_t>(floats[i]), std::bit_cast<uint32_t>(to_float(halves[i])));
  }
}

TEST(Half, ArraysOfDifferentSizesAreRefused) {
  std::vector<float> values(3);
  std::vector<Half> halves(2);
  EXPECT_THROW(to_half(values, halves), SystemError);
}

}  // namespace
}  // namespace foldwave::formats
