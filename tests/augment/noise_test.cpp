#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "augment/gaussian.h"
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

TEST(Noise, HasTheAmplitudeAskedForWhateverTheSignal) {
  AugmentConfig config = noise_of(5, 40);
  config.noise_kind = NoiseKind::amplitude;
  config.noise_min_amplitude = config.noise_max_amplitude = 0.01;
  for (const float level : {0.0F, 1.0F}) {
    std::vector<float> noisy(100000, level);
    add_noise(noisy, config, {.seed = 1, .song = 2});
    double squares = 0;
    for (const float sample : noisy) squares += (sample - level) * (sample - level) / 1e5;
    EXPECT_NEAR(std::sqrt(squares), 0.01, 1e-4);  // four standard errors
  }
}

TEST(Noise, IsWhiteAndGaussian) {
  constexpr size_t n = 1 << 20;
  std::vector<float> noise(n, 0.0F);
  add_gaussian(noise, 1, {.seed = 3, .song = 4});
  std::array<double, 5> moment{}, product{};  // product[k]: of samples k apart
  for (size_t i = 0; i + 64 < n; ++i) {
    double power = 1;
    for (double& sum : moment) sum += std::exchange(power, power * static_cast<double>(noise[i])) / (n - 64);
    for (size_t k = 0; const size_t apart : {1, 2, 16, 32, 64}) product[k++] += noise[i] * noise[i + apart] / (n - 64);
  }
  // Five standard errors of a million draws.
  EXPECT_NEAR(moment[1], 0, 0.005);
  EXPECT_NEAR(moment[2], 1, 0.007);
  EXPECT_NEAR(moment[3], 0, 0.02);
  EXPECT_NEAR(moment[4], 3, 0.05);
  for (const double mean : product) EXPECT_NEAR(mean, 0, 0.005);
  const auto beyond = [&](float x) {
    return std::count_if(noise.begin(), noise.end(), [x](float s) { return s > x; });
  };
  EXPECT_NEAR(static_cast<double>(beyond(3)), 0.00134990 * n, 5 * std::sqrt(0.00134990 * n));
  EXPECT_NEAR(static_cast<double>(beyond(4)), 3.1671e-5 * n, 5 * std::sqrt(3.1671e-5 * n));
}

// Box and Muller over the numbers that Random draws, in blocks of 16 counters.
TEST(Noise, IsMadeOfTheNumbersOfTheSameKey) {
  const RandomKey key{.seed = 7, .epoch = 8, .song = 0x123456789ABCDEF0, .occurrence = 9, .transform = 10};
  std::vector<float> noise(3 * 64 + 5, 0.0F);
  add_gaussian(noise, 1, key);
  Random random(key);
  for (size_t block = 0; block < 48; ++block) {
    const size_t lane = block % 16, begin = block / 16 * 64 + lane;
    for (size_t pair = 0; pair < 2; ++pair) {
      const double u = ((random.bits() >> 1) + 0.5) * 0x1p-31, radius = std::sqrt(-2 * std::log(u)),
                   angle = 2 * 3.14159265358979323846 * 0x1p-32 * static_cast<int32_t>(random.bits());
      EXPECT_NEAR(noise[begin + 32 * pair], radius * std::cos(angle), 2e-6);
      EXPECT_NEAR(noise[begin + 32 * pair + 16], radius * std::sin(angle), 2e-6);
    }
  }
}

TEST(Noise, LeavesSilenceAlone) {
  std::vector<float> silence(100, 0.0F);
  add_noise(silence, noise_of(5, 40), {.seed = 1});
  EXPECT_EQ(silence, std::vector<float>(100, 0.0F));
}

}  // namespace
}  // namespace foldwave::augment
