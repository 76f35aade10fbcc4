#include "foldwave/features/block_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <random>

namespace foldwave::features {
namespace {

constexpr int n_mels = 128;
constexpr double frame_rate = 22050.0 / 512;

template <class Level>  // of mel m at frame t
std::vector<float> spectrogram(int frames, Level&& level) {
  std::vector<float> db;
  for (int t = 0; t < frames; ++t)
    for (int m = 0; m < n_mels; ++m) db.push_back(static_cast<float>(level(t, m)));
  return db;
}

// By feature, its values in their order.
std::map<std::string, std::vector<float>> parts_of(const std::vector<float>& db) {
  const auto names = block_feature_names(n_mels);
  const auto values = block_features(db, n_mels);
  EXPECT_EQ(values.size(), names.size());
  std::map<std::string, std::vector<float>> parts;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string without_statistic = names[i].substr(0, names[i].rfind('_'));
    parts[without_statistic.substr(0, without_statistic.rfind('_'))].push_back(values[i]);
  }
  return parts;
}

std::vector<float> noise(int frames) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal(-40, 10);
  return spectrogram(frames, [&](int, int) { return normal(random); });
}

TEST(BlockFeatures, AreSoManyOfEach) {
  const auto parts = parts_of(noise(600));
  EXPECT_EQ(parts.at("spectral_pattern").size(), 32U * 5);
  EXPECT_EQ(parts.at("delta_pattern").size(), 32U * 4);
  EXPECT_EQ(parts.at("delta_variance").size(), 32U);
  EXPECT_EQ(parts.at("correlation_pattern").size(), 32U * 31 / 2);
  EXPECT_EQ(parts.at("fluctuation_pattern").size(), 32U * 11);
}

TEST(BlockFeatures, OfASteadySoundAreItsLevelsAndNothingElse) {
  const auto parts = parts_of(spectrogram(300, [](int, int m) { return -std::floor(m / 4.0); }));
  for (size_t i = 0; i < parts.at("spectral_pattern").size(); ++i)
    EXPECT_FLOAT_EQ(parts.at("spectral_pattern")[i], -std::floor(static_cast<float>(i) / 5));
  for (const char* still : {"delta_pattern", "delta_variance", "correlation_pattern"})
    for (const float value : parts.at(still)) EXPECT_EQ(value, 0) << still;
  for (const float value : parts.at("fluctuation_pattern")) EXPECT_NEAR(value, std::log(1e-2), 1e-4);
}

TEST(BlockFeatures, TellWhatRisesByHowMuch) {
  // The lower half rises by 1 dB a frame for 20 frames, then falls at once; the upper half is still.
  const auto parts = parts_of(spectrogram(500, [](int t, int m) { return m < 64 ? t % 20 : 5; }));
  for (size_t band = 0; band < 32; ++band) {
    EXPECT_FLOAT_EQ(parts.at("delta_pattern")[band * 4 + 3], band < 16 ? 3.0F : 0.0F);
    EXPECT_EQ(parts.at("delta_variance")[band] > 0, band < 16);
  }
}

TEST(BlockFeatures, TellWhichBandsMoveTogether) {
  const auto parts = parts_of(spectrogram(600, [](int t, int m) {
    const double swing = std::sin(2 * std::numbers::pi * t / 32);  // 8 whole periods a block
    return m < 4 || m >= 124 ? swing : m < 8 ? -swing : 0;
  }));
  const auto pair = [&](size_t a, size_t b) { return parts.at("correlation_pattern").at(a * (a - 1) / 2 + b); };
  EXPECT_NEAR(pair(31, 0), 1, 1e-5);
  EXPECT_NEAR(pair(1, 0), -1, 1e-5);
  EXPECT_EQ(pair(5, 0), 0);  // does not move
}

TEST(BlockFeatures, FindTheRateOfABeatInItsOwnColumn) {
  for (const double hz : {0.17, 0.67, 2.0, 8.0}) {
    const auto parts = parts_of(
        spectrogram(700, [&](int t, int) { return 10 * std::sin(2 * std::numbers::pi * hz * t / frame_rate); }));
    constexpr std::array edges{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
    const auto bin = static_cast<int>(std::lround(hz / frame_rate * 256));
    const auto expected = std::upper_bound(edges.begin(), edges.end(), bin) - edges.begin() - 1;
    const auto& first_band = parts.at("fluctuation_pattern");
    EXPECT_EQ(std::max_element(first_band.begin(), first_band.begin() + 11) - first_band.begin(), expected) << hz;
  }
}

TEST(BlockFeatures, ButTheSpectralPatternDoNotDependOnLoudness) {
  auto db = noise(400);
  const auto quiet = parts_of(db);
  for (float& value : db) value += 12;
  const auto loud = parts_of(db);
  for (const auto& [feature, values] : quiet) {
    for (size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(loud.at(feature)[i] - values[i], feature == "spectral_pattern" ? 12 : 0, 1e-3) << feature << i;
  }
}

TEST(BlockFeatures, AreFiniteForSongsShorterThanAnyBlock) {
  for (const int frames : {1, 2, 3, 4, 5, 9, 24, 26, 255}) {
    for (const float value : block_features(noise(frames), n_mels)) EXPECT_TRUE(std::isfinite(value)) << frames;
  }
}

TEST(BlockFeatures, TakeAnyNumberOfMels) {
  for (const int mels : {1, 7, 40, 229}) {
    const std::vector<float> db(static_cast<size_t>(mels) * 60, -20);
    EXPECT_EQ(block_features(db, mels).size(), block_feature_names(mels).size());
    EXPECT_EQ(block_feature_count(mels), static_cast<int>(block_feature_names(mels).size()));
  }
}

}  // namespace
}  // namespace foldwave::features
