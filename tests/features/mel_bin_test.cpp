#include <gtest/gtest.h>

#include <algorithm>

#include "features/mel_filterbank.h"

namespace foldwave::features {
namespace {

// Which filter answers most to one bin of the spectrum.
int loudest_filter(const FeatureConfig& config, size_t spectrum_bin) {
  std::vector<float> spectrum(static_cast<size_t>(config.n_fft) / 2 + 1 + MelFilterbank::kLanes), mel(config.n_mels);
  spectrum[spectrum_bin] = 1;
  MelFilterbank{config}(spectrum, mel);
  return static_cast<int>(std::max_element(mel.begin(), mel.end()) - mel.begin());
}

TEST(MelBin, IsThatOfTheFilterThatAnswersMost) {
  for (const bool htk : {false, true}) {
    FeatureConfig config;
    config.htk = htk, config.area_norm = false, config.fmin = 100, config.fmax = 9000, config.n_mels = 40;
    for (const size_t bin : {30, 100, 300, 700}) {
      const double hz = static_cast<double>(bin) * config.sample_rate / config.n_fft;
      EXPECT_NEAR(mel_bin_of(hz, config), loudest_filter(config, bin), 0.6) << hz << " Hz, htk " << htk;
    }
  }
}

TEST(MelBin, GoesFromFminBelowTheFirstToFmaxAboveTheLast) {
  FeatureConfig config;
  EXPECT_DOUBLE_EQ(mel_bin_of(0, config), -1);
  EXPECT_DOUBLE_EQ(mel_bin_of(config.sample_rate / 2.0, config), config.n_mels);
  config.fmin = 50, config.fmax = 8000;
  EXPECT_DOUBLE_EQ(mel_bin_of(50, config), -1);
  EXPECT_DOUBLE_EQ(mel_bin_of(8000, config), config.n_mels);
}

}  // namespace
}  // namespace foldwave::features
