#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "small_store.h"

namespace foldwave::batches {
namespace {

using NormalisationTest = SmallStore;

TEST_F(NormalisationTest, IsMeanAndDeviationOfEachBinOverAllFramesOfTheSongsGiven) {
  const store::FeatureStore store(folder);
  const std::vector<int> tracks = {1, 4, 9};
  const Normalisation fitted = fit_normalisation(store, tracks, InputKind::mel);
  for (size_t bin = 0; bin < 16; ++bin) {
    std::vector<double> values;
    for (const int track : tracks) {
      std::vector<float> mel(static_cast<size_t>(store.frames(track)) * 16);
      store.read_mel_db(track, 0, mel);
      for (size_t i = bin; i < mel.size(); i += 16) values.push_back(mel[i]);
    }
    double mean = 0, variance = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    for (const double value : values) variance += (value - mean) * (value - mean) / static_cast<double>(values.size());
    EXPECT_NEAR(fitted.mean[bin], mean, 1e-5);
    EXPECT_NEAR(fitted.std[bin], std::sqrt(variance), 1e-5);
  }
}

TEST_F(NormalisationTest, OfSummariesIsOverSongs) {
  const store::FeatureStore store(folder);
  const Normalisation fitted = fit_normalisation(store, {2, 3}, InputKind::mfcc_summary);
  ASSERT_EQ(fitted.mean.size(), 20U);
  const float a = mfcc_summary_of(store, 2)[7], b = mfcc_summary_of(store, 3)[7];
  EXPECT_NEAR(fitted.mean[7], (a + b) / 2, 1e-5);
  EXPECT_NEAR(fitted.std[7], std::abs(a - b) / 2, 1e-5);
}

TEST_F(NormalisationTest, TakesADeviationOfZeroAsOne) {
  const store::FeatureStore store(folder);
  EXPECT_EQ(fit_normalisation(store, {2}, InputKind::mfcc_summary).std, std::vector<float>(20, 1.0F));
}

TEST_F(NormalisationTest, NeedsASong) {
  EXPECT_THROW(fit_normalisation(store::FeatureStore(folder), {}, InputKind::mel), InputError);
}

}  // namespace
}  // namespace foldwave::batches
