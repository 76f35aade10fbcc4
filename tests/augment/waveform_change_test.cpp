#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

AugmentConfig everything(double probability) {
  AugmentConfig config;
  config.stretch_probability = config.pitch_probability = config.gain_probability = config.noise_probability =
      probability;
  return config;
}

TEST(WaveformChange, IsNoneAtProbabilityZero) {
  for (uint64_t song = 0; song < 100; ++song)
    EXPECT_TRUE(draw_waveform_change(everything(0), {.seed = 1, .song = song}).none());
}

TEST(WaveformChange, DrawsEachEffectAsOftenAsAskedForAndIndependently) {
  int stretched = 0, shifted = 0, gained = 0, noisy = 0, all = 0;
  for (uint64_t song = 0; song < 4000; ++song) {
    const WaveformChange change = draw_waveform_change(everything(0.5), {.seed = 1, .song = song});
    const bool each[] = {change.rate != 1, change.pitch != 1, change.gain != 1, change.noise};
    stretched += each[0] ? 1 : 0;
    shifted += each[1] ? 1 : 0;
    gained += each[2] ? 1 : 0;
    noisy += each[3] ? 1 : 0;
    all += std::all_of(std::begin(each), std::end(each), [](bool there) { return there; }) ? 1 : 0;
  }
  for (const int count : {stretched, shifted, gained, noisy}) EXPECT_NEAR(count, 2000, 128);  // four deviations
  EXPECT_NEAR(all, 250, 62);
}

TEST(WaveformChange, DrawsFromItsWholeRanges) {
  double low[3] = {9, 9, 9}, high[3] = {0, 0, 0};
  for (uint64_t song = 0; song < 2000; ++song) {
    const WaveformChange change = draw_waveform_change(everything(1), {.seed = 1, .song = song});
    const double drawn[] = {change.rate, 12 * std::log2(change.pitch) + 5, 20 * std::log10(change.gain) + 13};
    for (size_t i = 0; i < 3; ++i) {
      low[i] = std::min(low[i], drawn[i]);
      high[i] = std::max(high[i], drawn[i]);
    }
  }
  EXPECT_NEAR(low[0], 0.8, 0.01);
  EXPECT_NEAR(high[0], 1.25, 0.01);
  EXPECT_NEAR(low[1], -4 + 5, 0.1);
  EXPECT_NEAR(high[1], 4 + 5, 0.1);
  EXPECT_NEAR(low[2], -12 + 13, 0.1);
  EXPECT_NEAR(high[2], 12 + 13, 0.1);
}

TEST(WaveformChange, StaysAsItIsWhenAnotherEffectIsAdded) {
  AugmentConfig pitch;
  pitch.pitch_probability = 1;
  EXPECT_EQ(draw_waveform_change(pitch, {.seed = 1, .song = 5}).pitch,
            draw_waveform_change(everything(1), {.seed = 1, .song = 5}).pitch);
}

}  // namespace
}  // namespace foldwave::augment
