#include "features/statistics.h"

#include <gtest/gtest.h>

#include <random>

#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

std::vector<float> statistics_of(const std::vector<float>& values, size_t columns) {
  std::vector<float> summary;
  Statistics{}.append(values, columns, summary);
  return summary;
}

TEST(Statistics, AreMeanDeviationAndInterpolatedPercentilesOfEachColumn) {
  // numpy: percentile([1, 2, 3, 4, 10], 10) = 1.4, 90: 7.6
  const auto summary = statistics_of({10, 0, 1, 0, 4, 0, 2, 0, 3, 0}, 2);
  ASSERT_EQ(summary.size(), 8U);
  EXPECT_FLOAT_EQ(summary[0], 4);
  EXPECT_FLOAT_EQ(summary[2], std::sqrt(10.0F));
  EXPECT_FLOAT_EQ(summary[4], 1.4F);
  EXPECT_FLOAT_EQ(summary[6], 7.6F);
  for (const size_t constant : {1, 3, 5, 7}) EXPECT_EQ(summary[constant], 0);
}

TEST(Statistics, OfASingleFrameAreThatFrame) {
  EXPECT_EQ(statistics_of({3, 4}, 2), std::vector<float>({3, 4, 0, 0, 3, 4, 3, 4}));
}

TEST(Statistics, DoNotMindMoreColumnsThanAreGatheredAtOnce) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform;
  constexpr size_t kColumns = 37, kFrames = 101;  // the percentiles are the 11th and the 91st value
  std::vector<float> values(kColumns * kFrames);
  for (float& value : values) value = uniform(generator);
  const auto summary = statistics_of(values, kColumns);
  for (size_t k = 0; k < kColumns; ++k) {
    std::vector<float> column;
    for (size_t t = 0; t < kFrames; ++t) column.push_back(values[t * kColumns + k]);
    std::sort(column.begin(), column.end());
    EXPECT_FLOAT_EQ(summary[2 * kColumns + k], column[10]) << k;
    EXPECT_FLOAT_EQ(summary[3 * kColumns + k], column[90]) << k;
  }
}

TEST(RichSummary, NamesItsColumnsInTheirOrder) {
  const auto names = summary_names(FeatureConfig{});
  ASSERT_EQ(names.size(), 4U * (20 + 20 + 128 + 12 + 7 + 6));
  EXPECT_EQ(names[0], "mfcc_00_mean");
  EXPECT_EQ(names[20], "mfcc_00_std");
  EXPECT_EQ(names[80 + 60 + 7], "mfcc_delta_07_p90");
  EXPECT_EQ(names[160 + 127], "mel_127_mean");
  EXPECT_EQ(names[160 + 512], "chroma_00_mean");
  EXPECT_EQ(names[160 + 512 + 48 + 6], "contrast_06_mean");
  EXPECT_EQ(names[names.size() - 4], "rms_mean");
  EXPECT_EQ(names.back(), "rms_p90");
  FeatureConfig plain;
  plain.summary = Summary::mfcc;
  EXPECT_TRUE(summary_names(plain).empty());
}

TEST(RichSummary, HasAFiniteValueForEachNameOfTheShortestSignals) {
  FeatureExtractor extract{FeatureConfig{}};
  for (const size_t samples : {0, 1, 100, 2047, 5000}) {
    Features features;
    extract(std::vector<float>(samples, 0.25F), features);
    ASSERT_EQ(features.summary.size(), summary_names(FeatureConfig{}).size()) << samples;
    for (const float value : features.summary) EXPECT_TRUE(std::isfinite(value)) << samples;
  }
}

TEST(RichSummary, StandsWhereItsNamesSayItDoes) {
  std::mt19937 generator(2);
  std::normal_distribution<float> normal(0, 0.1F);
  std::vector<float> noise(40000);
  for (float& sample : noise) sample = normal(generator);
  const FeatureConfig config;
  Features features;
  FeatureExtractor{config}(noise, features);
  const auto names = summary_names(config);
  const auto column = [&](const std::string& name) {
    return features.summary[static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  };
  EXPECT_NEAR(column("rms_mean"), 0.1, 0.01);
  EXPECT_NEAR(column("zero_crossing_rate_mean"), 0.5, 0.03);
  EXPECT_NEAR(column("centroid_mean"), 5512, 200);
  EXPECT_NEAR(column("rolloff_mean"), 0.85 * 11025, 200);
  EXPECT_FLOAT_EQ(column("mfcc_03_mean"), features.mfcc_summary[3]);
  EXPECT_FLOAT_EQ(column("mfcc_19_std"), features.mfcc_summary[39]);
  EXPECT_GT(column("mel_100_p90"), column("mel_100_mean"));
  EXPECT_LT(column("contrast_02_p10"), column("contrast_02_mean"));
}

TEST(FeatureExtractor, GivesTheMelAndTheMfccOfEitherSummary) {
  FeatureConfig rich, plain;
  plain.summary = Summary::mfcc;
  std::vector<float> mono(30000);
  for (size_t i = 0; i < mono.size(); ++i) mono[i] = std::sin(0.01F * static_cast<float>(i % 7000));
  Features a, b;
  FeatureExtractor{rich}(mono, a);
  FeatureExtractor{plain}(mono, b);
  ASSERT_EQ(a.mel.db.size(), b.mel.db.size());
  EXPECT_NEAR(a.mel.max_power / b.mel.max_power, 1, 1e-5);
  for (size_t i = 0; i < a.mel.db.size(); ++i) ASSERT_NEAR(a.mel.db[i], b.mel.db[i], 0.01);  // double and single FFT
  for (size_t i = 0; i < a.mfcc.values.size(); ++i) ASSERT_NEAR(a.mfcc.values[i], b.mfcc.values[i], 0.01);
}

TEST(FeatureExtractor, GivesTheSameBytesWhateverWasExtractedBefore) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> noise(20000), other(30000);
  for (float& sample : noise) sample = normal(generator);
  for (float& sample : other) sample = normal(generator);
  FeatureExtractor used{FeatureConfig{}}, fresh{FeatureConfig{}};
  Features a, b;
  used(other, a);
  used(noise, a);
  fresh(noise, b);
  EXPECT_EQ(a.mel.db, b.mel.db);
  EXPECT_EQ(a.mfcc.values, b.mfcc.values);
  EXPECT_EQ(a.summary, b.summary);
}

}  // namespace
}  // namespace foldwave::features
