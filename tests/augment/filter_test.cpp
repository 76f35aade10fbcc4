#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

constexpr int frames = 10, n_mels = 64;
constexpr float level = -30, silence = -80;

AugmentConfig filter(FilterKind kind = FilterKind::step) {
  AugmentConfig config;
  config.filter_probability = 1;
  config.filter_kind = kind;
  return config;
}

// The gain of each bin, which is the same in every frame.
std::vector<float> gains(const AugmentConfig& config, const RandomKey& key, int bins = n_mels) {
  const auto width = static_cast<size_t>(bins);
  std::vector<float> mel(frames * width, level);
  filter_spectrogram(mel, bins, silence, config, key);
  for (size_t frame = 1; frame < frames; ++frame)
    EXPECT_TRUE(std::equal(mel.begin(), mel.begin() + bins, mel.begin() + static_cast<std::ptrdiff_t>(frame * width)));
  std::vector<float> first(mel.begin(), mel.begin() + bins);
  for (float& db : first) db -= level;
  return first;
}

// Widths of the stretches of equal gain.
std::vector<int> bands(const std::vector<float>& gain) {
  std::vector<int> widths{1};
  for (size_t bin = 1; bin < gain.size(); ++bin) {
    if (gain[bin] != gain[bin - 1]) widths.push_back(0);
    ++widths.back();
  }
  return widths;
}

TEST(Filter, HasSomeBandsOfOneGainEachWithinItsRange) {
  std::set<size_t> numbers;
  float low = 0, high = 0;
  for (uint64_t song = 0; song < 500; ++song) {
    const std::vector<float> gain = gains(filter(), {.seed = 1, .song = song});
    const std::vector<int> widths = bands(gain);
    EXPECT_GE(*std::min_element(widths.begin(), widths.end()), 6);
    numbers.insert(widths.size());
    low = std::min(low, *std::min_element(gain.begin(), gain.end()));
    high = std::max(high, *std::max_element(gain.begin(), gain.end()));
  }
  EXPECT_EQ(numbers, (std::set<size_t>{3, 4, 5, 6}));
  EXPECT_GE(low, -6);
  EXPECT_LT(low, -5.8F);
  EXPECT_LE(high, 6);
  EXPECT_GT(high, 5.8F);
}

TEST(Filter, OfLinesIsContinuousAndWithinItsRange) {
  for (uint64_t song = 0; song < 200; ++song) {
    const std::vector<float> gain = gains(filter(FilterKind::linear), {.seed = 1, .song = song});
    for (size_t bin = 0; bin < gain.size(); ++bin) {
      EXPECT_LE(std::abs(gain[bin]), 6);
      if (bin > 0) {
        EXPECT_LE(std::abs(gain[bin] - gain[bin - 1]), 12.0F / 6 + 1e-4F);  // the range over the least width
      }
    }
  }
}

TEST(Filter, LeavesSilenceAloneAndFallsNoDeeper) {
  AugmentConfig config = filter();
  config.filter_min_db = config.filter_max_db = 5;
  std::vector<float> mel{silence, level};
  filter_spectrogram(mel, 2, silence, config, {});
  EXPECT_EQ(mel, (std::vector<float>{silence, level + 5}));
  config.filter_min_db = config.filter_max_db = -100;
  filter_spectrogram(mel, 2, silence, config, {});
  EXPECT_EQ(mel, (std::vector<float>{silence, silence}));
}

TEST(Filter, MayHaveMoreBandsThanThereAreBins) {
  AugmentConfig config = filter();
  config.filter_min_bands = config.filter_max_bands = 1000;
  config.filter_min_mels = 1000;
  for (const int bins : {1, 2, 7}) EXPECT_EQ(bands(gains(config, {.seed = 1}, bins)).size(), static_cast<size_t>(bins));
}

TEST(Filter, DependsOnItsKeyAlone) {
  EXPECT_EQ(gains(filter(), {.seed = 1, .song = 3}), gains(filter(), {.seed = 1, .song = 3, .transform = 9}));
  EXPECT_NE(gains(filter(), {.seed = 1, .song = 3}), gains(filter(), {.seed = 1, .song = 4}));
}

TEST(Filter, IsAppliedAsOftenAsAskedFor) {
  AugmentConfig config = filter();
  config.filter_probability = 0.3;
  int applied = 0;
  for (uint64_t song = 0; song < 1000; ++song)
    applied += gains(config, {.seed = 1, .song = song}) != std::vector<float>(n_mels, 0.0F) ? 1 : 0;
  EXPECT_NEAR(applied, 300, 58);  // four standard deviations
}

}  // namespace
}  // namespace foldwave::augment
