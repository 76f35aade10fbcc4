#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

constexpr int frames = 20, n_mels = 3;

std::vector<float> numbered() {
  std::vector<float> mel;
  for (int i = 0; i < frames * n_mels; ++i) mel.push_back(static_cast<float>(i));
  return mel;
}

std::vector<float> shifted(double min, double max, bool rollover, const RandomKey& key = {}) {
  AugmentConfig config;
  config.shift_probability = 1;
  config.shift_min_share = min;
  config.shift_max_share = max;
  config.shift_rollover = rollover;
  std::vector<float> mel = numbered();
  shift_spectrogram(mel, n_mels, -80, config, key);
  return mel;
}

TEST(Shift, BringsBackAtTheBeginningWhatLeavesAtTheEnd) {
  for (const int later : {-20, -7, 0, 5, 20}) {
    const std::vector<float> mel = shifted(later / 20.0, later / 20.0, true);
    for (int frame = 0; frame < frames; ++frame) {
      for (int bin = 0; bin < n_mels; ++bin)
        EXPECT_EQ(mel[((frame + later + frames) % frames) * n_mels + bin], frame * n_mels + bin) << later;
    }
  }
}

TEST(Shift, LeavesSilenceBehindWithoutRollover) {
  for (const int later : {-20, -7, 0, 5, 20}) {
    const std::vector<float> mel = shifted(later / 20.0, later / 20.0, false);
    for (int frame = 0; frame < frames; ++frame) {
      const int from = frame - later;
      for (int bin = 0; bin < n_mels; ++bin)
        EXPECT_EQ(mel[frame * n_mels + bin], from >= 0 && from < frames ? from * n_mels + bin : -80) << later;
    }
  }
}

TEST(Shift, DrawsFromItsWholeRange) {
  std::set<float> firsts;
  for (uint64_t song = 0; song < 500; ++song) firsts.insert(shifted(-0.1, 0.2, true, {.seed = 1, .song = song})[0]);
  EXPECT_EQ(firsts, (std::set<float>{0, 3, 6, 48, 51, 54, 57}));  // -2 to 4 frames
}

TEST(Shift, IsAppliedAsOftenAsAskedFor) {
  AugmentConfig config;
  config.shift_probability = 0.3;
  config.shift_min_share = config.shift_max_share = 0.5;
  int applied = 0;
  for (uint64_t song = 0; song < 1000; ++song) {
    std::vector<float> mel = numbered();
    shift_spectrogram(mel, n_mels, -80, config, {.seed = 1, .song = song});
    applied += mel != numbered() ? 1 : 0;
  }
  EXPECT_NEAR(applied, 300, 58);  // four standard deviations
}

}  // namespace
}  // namespace foldwave::augment
