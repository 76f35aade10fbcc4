#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

AugmentConfig noise_of(double min_snr_db, double max_snr_db, double probability = 1) {
  AugmentConfig config;
  config.noise_probability = probability;
  config.noise_min_snr_db = min_snr_db;
  config.noise_max_snr_db = max_snr_db;
  return config;
}

std::vector<float> tone(size_t samples) {
  std::vector<float> waveform(samples);
  for (size_t i = 0; i < samples; ++i) waveform[i] = 0.5F * std::sin(0.1F * static_cast<float>(i));
  return waveform;
}

double snr_db(const std::vector<float>& clean, const std::vector<float>& noisy) {
  double signal = 0, noise = 0;
  for (size_t i = 0; i < clean.size(); ++i) {
    signal += clean[i] * clean[i];
    noise += (noisy[i] - clean[i]) * (noisy[i] - clean[i]);
  }
  return 10 * std::log10(signal / noise);
}

TEST(Noise, HasTheRatioAskedFor) {
  const std::vector<float> clean = tone(100000);
  for (const double ratio : {5.0, 20.0, 40.0}) {
    std::vector<float> noisy = clean;
    add_noise(noisy, noise_of(ratio, ratio), {.seed = 1, .song = 2});
    EXPECT_NEAR(snr_db(clean, noisy), ratio, 0.1);  // 100,000 draws: 0.02 dB is one standard error
  }
}

TEST(Noise, DrawsItsRatioFromTheWholeRange) {
  const std::vector<float> clean = tone(2000);
  double lowest = 100, highest = 0;
  for (uint64_t song = 0; song < 200; ++song) {
    std::vector<float> noisy = clean;
    add_noise(noisy, noise_of(10, 30), {.seed = 1, .song = song});
    lowest = std::min(lowest, snr_db(clean, noisy));
    highest = std::max(highest, snr_db(clean, noisy));
  }
  EXPECT_NEAR(lowest, 10, 1);
  EXPECT_NEAR(highest, 30, 1);
}

TEST(Noise, DependsOnItsKeyAlone) {
  std::vector<float> a = tone(100), b = tone(100), c = tone(100);
  add_noise(a, noise_of(5, 40), {.seed = 1, .epoch = 3, .song = 9});
  add_noise(b, noise_of(5, 40), {.seed = 1, .epoch = 3, .song = 9, .transform = 55});
  add_noise(c, noise_of(5, 40), {.seed = 1, .epoch = 4, .song = 9});
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

TEST(Noise, IsAddedAsOftenAsAskedForAndSaysSoBefore) {
  const AugmentConfig config = noise_of(5, 40, 0.25);
  int added = 0;
  for (uint64_t song = 0; song < 2000; ++song) {
    const RandomKey key{.seed = 1, .song = song};
    std::vector<float> waveform = tone(16);
    add_noise(waveform, config, key);
    EXPECT_EQ(waveform != tone(16), draw_waveform_change(config, key).noise);
    added += draw_waveform_change(config, key).noise ? 1 : 0;
  }
  EXPECT_NEAR(added, 500, 60);  // three standard deviations
}

TEST(Noise, LeavesSilenceAlone) {
  std::vector<float> silence(100, 0.0F);
  add_noise(silence, noise_of(5, 40), {.seed = 1});
  EXPECT_EQ(silence, std::vector<float>(100, 0.0F));
}

}  // namespace
}  // namespace foldwave::augment
