#include "store/quantise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace foldwave::store {
namespace {

TEST(Quantise, TakesEverySampleToTheNearestStep) {
  std::mt19937 random(7);
  std::normal_distribution<float> noise(0, 0.3F);
  std::vector<float> waveform(100'003);
  for (float& sample : waveform) sample = noise(random);
  waveform[17] = -1.7F;
  const float step = step_size(waveform);
  std::vector<int16_t> steps(waveform.size());
  quantise(waveform, step, steps);
  for (size_t i = 0; i < steps.size(); ++i) ASSERT_EQ(steps[i], std::lrint(waveform[i] / step)) << i;
}

TEST(Quantise, TheLoudestSampleTakesTheLastStepWhateverItsSize) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> exponent(-20, 20);
  for (int repeat = 0; repeat < 1000; ++repeat) {
    const float loudest = std::exp(exponent(random));
    const std::vector<float> waveform = {0, -loudest, loudest / 2, loudest};
    std::vector<int16_t> steps(4);
    quantise(waveform, step_size(waveform), steps);
    EXPECT_EQ(steps[1], -32767) << loudest;
    EXPECT_EQ(steps[3], 32767) << loudest;
  }
}

TEST(Quantise, SilenceAndWhatIsAsGoodAsSilentIsZero) {
  for (const float loudest : {0.0F, std::numeric_limits<float>::denorm_min(), 1e-38F}) {
    const std::vector<float> waveform = {loudest, -loudest};
    std::vector<int16_t> steps(2, 9);
    EXPECT_EQ(step_size(waveform), 0);
    quantise(waveform, step_size(waveform), steps);
    EXPECT_EQ(steps, (std::vector<int16_t>{0, 0}));
  }
}

TEST(Quantise, ASampleThatIsNoNumberShowsInTheStep) {
  EXPECT_TRUE(std::isnan(step_size(std::vector<float>{1, std::nanf(""), 2})));
  EXPECT_TRUE(std::isinf(step_size(std::vector<float>{1, -std::numeric_limits<float>::infinity()})));
}

}  // namespace
}  // namespace foldwave::store
