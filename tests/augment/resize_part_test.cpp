#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

constexpr int frames = 30, n_mels = 20;

AugmentConfig resize(double min_share, double max_share) {
  AugmentConfig config;
  config.resize_probability = 1;
  config.resize_min_frames = config.resize_min_mels = min_share;
  config.resize_max_frames = config.resize_max_mels = max_share;
  return config;
}

// 100 a frame, 1 a bin.
std::vector<float> ramp() {
  std::vector<float> mel;
  for (int frame = 0; frame < frames; ++frame) {
    for (int bin = 0; bin < n_mels; ++bin) mel.push_back(static_cast<float>(100 * frame + bin));
  }
  return mel;
}

std::vector<float> resized(std::vector<float> mel, const AugmentConfig& config, const RandomKey& key) {
  std::vector<float> scratch;
  resize_part(mel, n_mels, config, key, scratch);
  return mel;
}

TEST(ResizePart, OfAConstantIsTheConstant) {
  const std::vector<float> constant(frames * n_mels, 0.7F);
  for (uint64_t song = 0; song < 100; ++song)
    EXPECT_EQ(resized(constant, resize(0, 1), {.seed = 1, .song = song}), constant);
}

TEST(ResizePart, OfTheWholeIsTheWhole) { EXPECT_EQ(resized(ramp(), resize(1, 1), {.seed = 1}), ramp()); }

TEST(ResizePart, IsAPartStretchedInStraightLines) {
  for (uint64_t song = 0; song < 100; ++song) {
    const std::vector<float> mel = resized(ramp(), resize(0.5, 0.5), {.seed = 1, .song = song});
    // Twice as many frames and bins: half a step from one to the next, but for the clamped edges.
    for (int frame = 2; frame + 1 < frames; ++frame) {
      for (int bin = 2; bin + 1 < n_mels; ++bin) {
        const float here = mel[frame * n_mels + bin];
        EXPECT_NEAR(here - mel[(frame - 1) * n_mels + bin], 50, 1e-3);
        EXPECT_NEAR(here - mel[frame * n_mels + bin - 1], 0.5, 1e-3);
      }
    }
    EXPECT_EQ(mel.front(), std::floor(mel.front()));  // the corner is a cell of the part, not a mixture
    EXPECT_EQ(mel.back() - mel.front(), 100 * 14 + 9);
  }
}

TEST(ResizePart, TakesItsPartFromAnywhere) {
  float lowest = 1e6F, highest = 0;
  for (uint64_t song = 0; song < 1000; ++song) {
    const std::vector<float> mel = resized(ramp(), resize(0.5, 0.5), {.seed = 1, .song = song});
    lowest = std::min(lowest, mel.front());
    highest = std::max(highest, mel.back());
  }
  EXPECT_EQ(lowest, ramp().front());
  EXPECT_EQ(highest, ramp().back());
}

TEST(ResizePart, MayBeASingleCell) {
  const std::vector<float> mel = resized(ramp(), resize(0, 0), {.seed = 1, .song = 3});
  EXPECT_EQ(std::count(mel.begin(), mel.end(), mel.front()), frames * n_mels);
}

TEST(ResizePart, IsAppliedAsOftenAsAskedFor) {
  AugmentConfig config = resize(0.5, 0.5);
  config.resize_probability = 0.3;
  int applied = 0;
  for (uint64_t song = 0; song < 1000; ++song)
    applied += resized(ramp(), config, {.seed = 1, .song = song}) != ramp() ? 1 : 0;
  EXPECT_NEAR(applied, 300, 58);  // four standard deviations
}

}  // namespace
}  // namespace foldwave::augment
