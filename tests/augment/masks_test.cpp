#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

constexpr int frames = 40, n_mels = 12;

AugmentConfig masks(int time, int frequency) {
  AugmentConfig config;
  config.time_masks = time;
  config.time_mask_frames = 7;
  config.frequency_masks = frequency;
  config.frequency_mask_mels = 3;
  return config;
}

std::vector<float> masked(const AugmentConfig& config, RandomKey key) {
  std::vector<float> mel(frames * n_mels, 1.0F);
  mask_spectrogram(mel, n_mels, config, key);
  return mel;
}

bool frame_is_masked(const std::vector<float>& mel, int frame) {
  return std::all_of(mel.begin() + frame * n_mels, mel.begin() + (frame + 1) * n_mels,
                     [](float value) { return value == 0; });
}

bool bin_is_masked(const std::vector<float>& mel, int bin) {
  for (int frame = 0; frame < frames; ++frame) {
    if (mel[static_cast<size_t>(frame) * static_cast<size_t>(n_mels) + static_cast<size_t>(bin)] != 0) return false;
  }
  return true;
}

TEST(Masks, InTimeCoverWholeFramesOfEveryWidthUpToTheGreatest) {
  std::set<int> widths;
  for (uint64_t song = 0; song < 300; ++song) {
    const std::vector<float> mel = masked(masks(1, 0), {.seed = 1, .song = song});
    int width = 0;
    for (int frame = 0; frame < frames; ++frame) width += frame_is_masked(mel, frame) ? 1 : 0;
    EXPECT_EQ(std::count(mel.begin(), mel.end(), 0.0F), width * n_mels);
    widths.insert(width);
  }
  EXPECT_EQ(widths, (std::set<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Masks, InFrequencyCoverWholeBinsOfEveryWidthUpToTheGreatest) {
  std::set<int> widths;
  for (uint64_t song = 0; song < 300; ++song) {
    const std::vector<float> mel = masked(masks(0, 1), {.seed = 1, .song = song});
    int width = 0;
    for (int bin = 0; bin < n_mels; ++bin) width += bin_is_masked(mel, bin) ? 1 : 0;
    EXPECT_EQ(std::count(mel.begin(), mel.end(), 0.0F), width * frames);
    widths.insert(width);
  }
  EXPECT_EQ(widths, (std::set<int>{0, 1, 2, 3}));
}

TEST(Masks, ReachBothEnds) {
  bool first = false, last = false;
  for (uint64_t song = 0; song < 300; ++song) {
    const std::vector<float> mel = masked(masks(1, 0), {.seed = 1, .song = song});
    first = first || frame_is_masked(mel, 0);
    last = last || frame_is_masked(mel, frames - 1);
  }
  EXPECT_TRUE(first);
  EXPECT_TRUE(last);
}

TEST(Masks, DependOnTheirKeyAlone) {
  EXPECT_EQ(masked(masks(2, 2), {.seed = 1, .epoch = 2, .song = 3}),
            masked(masks(2, 2), {.seed = 1, .epoch = 2, .song = 3, .transform = 9}));
  EXPECT_NE(masked(masks(2, 2), {.seed = 1, .epoch = 2, .song = 3}),
            masked(masks(2, 2), {.seed = 1, .epoch = 3, .song = 3}));
}

TEST(Masks, InFrequencyStayWhereTheyAreWhenTimeMasksAreAdded) {
  const std::vector<float> both = masked(masks(3, 1), {.seed = 1, .song = 5});
  const std::vector<float> one = masked(masks(0, 1), {.seed = 1, .song = 5});
  for (int bin = 0; bin < n_mels; ++bin) {
    EXPECT_TRUE(bin_is_masked(both, bin) || !bin_is_masked(one, bin));
  }
}

TEST(Masks, MayBeWiderThanTheSpectrogram) {
  AugmentConfig config = masks(1, 1);
  config.time_mask_frames = 1000;
  config.frequency_mask_mels = 1000;
  for (uint64_t song = 0; song < 50; ++song) masked(config, {.seed = 1, .song = song});
}

TEST(Masks, AreAppliedAsOftenAsAskedFor) {
  AugmentConfig config = masks(4, 4);
  config.mask_probability = 0.5;
  int applied = 0;
  for (uint64_t song = 0; song < 1000; ++song) {
    const std::vector<float> mel = masked(config, {.seed = 1, .song = song});
    applied += std::count(mel.begin(), mel.end(), 0.0F) > 0 ? 1 : 0;
  }
  EXPECT_NEAR(applied, 500, 50);
}

}  // namespace
}  // namespace foldwave::augment
