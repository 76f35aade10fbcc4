#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "small_store.h"

namespace foldwave::batches {
namespace {

using NormalisationTest = SmallStore;

TEST_F(NormalisationTest, IsMeanAndDeviationOfEachBinOverAllFramesOfTheSongsGiven) {
  const store::FeatureStore store(folder);
  const std::vector<int> tracks = {1, 4, 9};
  const Normalisation fitted = fit_normalisation(store, tracks, {});
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
  const Normalisation fitted = fit_normalisation(store, {2, 3}, {.kind = InputKind::mfcc_summary});
  ASSERT_EQ(fitted.mean.size(), 20U);
  const float a = mfcc_summary_of(store, 2)[7], b = mfcc_summary_of(store, 3)[7];
  EXPECT_NEAR(fitted.mean[7], (a + b) / 2, 1e-5);
  EXPECT_NEAR(fitted.std[7], std::abs(a - b) / 2, 1e-5);
}

TEST_F(NormalisationTest, TakesADeviationOfZeroAsOne) {
  const store::FeatureStore store(folder);
  EXPECT_EQ(fit_normalisation(store, {2}, {.kind = InputKind::mfcc_summary}).std, std::vector<float>(20, 1.0F));
}

TEST_F(NormalisationTest, NeedsASong) {
  EXPECT_THROW(fit_normalisation(store::FeatureStore(folder), {}, {}), InputError);
}

TEST_F(NormalisationTest, MakesEveryDescriptorWeighTheSameWhereItIsBalanced) {
  const store::FeatureStore store(folder);
  const InputConfig input{.kind = InputKind::rich_summary};
  const Normalisation standard = fit_normalisation(store, {2, 3, 4}, input),
                      balanced = fit_normalisation(store, {2, 3, 4}, input, Scaling::balanced);
  const std::vector<std::string> names = features::summary_names(store.features());
  for (size_t i = 0; i < names.size(); ++i) {
    const double columns = names[i].starts_with("mel_")        ? 4 * 16
                           : names[i].starts_with("mfcc_")     ? 4 * 5
                           : names[i].starts_with("chroma_")   ? 4 * 12
                           : names[i].starts_with("contrast_") ? 0  // their number is the store's own affair
                                                               : 4;
    if (columns > 0) {
      EXPECT_NEAR(balanced.std[i], standard.std[i] * std::sqrt(columns), 1e-4 * balanced.std[i]) << names[i];
    }
    EXPECT_EQ(balanced.mean[i], standard.mean[i]);
  }
}

}  // namespace
}  // namespace foldwave::batches
