#include <cmath>

#include "batches/small_store.h"
#include "foldwave/core/errors.h"
#include "foldwave/features/block_features.h"

namespace foldwave::batches {
namespace {

using SummariesTest = SmallStore;

InputConfig windows_of(int frames) {
  InputConfig input;
  input.kind = InputKind::rich_summary;
  input.window_frames = frames;
  return input;
}

InputConfig unscaled(const store::FeatureStore& store, InputConfig input) {
  const auto columns = static_cast<size_t>(input_columns(store, input));
  input.normalisation = {std::vector<float>(columns, 0), std::vector<float>(columns, 1)};
  return input;
}

TEST_F(SummariesTest, OfWholeSongsAreThoseOfTheStore) {
  const store::FeatureStore store(folder);
  const Summaries summaries = read_summaries(store, {3, 1}, windows_of(0));
  EXPECT_EQ(summaries.song, (std::vector<int>{0, 1}));
  std::vector<float> expected(static_cast<size_t>(store.summary_columns()));
  store.read_summary(3, expected);
  EXPECT_EQ(std::vector<float>(summaries.x.begin(), summaries.x.begin() + store.summary_columns()), expected);
}

// A window is a song of its own: the features of that stretch of the waveform.
TEST_F(SummariesTest, OfWindowsAreTheFeaturesOfThatStretch) {
  const store::FeatureStore store(folder);
  const int track = 4, frames = 40;
  const Summaries summaries = read_summaries(store, {track}, windows_of(frames));
  ASSERT_GT(summaries.song.size(), 3U);
  features::FeatureExtractor extract(store.features());
  features::Features features;
  const auto samples = static_cast<size_t>(frames) * static_cast<size_t>(store.features().hop_length);
  std::vector<float> waveform(samples);
  store.read_waveform(track, store.trim_begin(track), waveform);
  extract(waveform, features);
  EXPECT_EQ(std::vector<float>(summaries.x.begin(), summaries.x.begin() + store.summary_columns()), features.summary);
}

TEST_F(SummariesTest, OfWindowsCoverTheSongAndOverlapByHalf) {
  const store::FeatureStore store(folder);
  for (int track = 0; track < store.tracks(); ++track) {
    const InputConfig input = windows_of(20);
    const auto rows = static_cast<int>(read_summaries(store, {track}, input).song.size());
    const int frames = store.frames(track);
    if (frames <= 20)
      EXPECT_EQ(rows, 1);
    else
      EXPECT_EQ(rows, std::min(64, 1 + (frames - 20 + 9) / 10)) << frames;
  }
}

TEST_F(SummariesTest, OfASongNoLongerThanAWindowAreThoseOfTheStore) {
  const store::FeatureStore store(folder);
  const int track = store.find("short");
  std::vector<float> expected(static_cast<size_t>(store.summary_columns()));
  store.read_summary(track, expected);
  EXPECT_EQ(read_summaries(store, {track}, windows_of(store.frames(track))).x, expected);
}

TEST_F(SummariesTest, HoldOnlyTheColumnsOfTheDescriptorsAskedFor) {
  const store::FeatureStore store(folder);
  InputConfig input = windows_of(0);
  input.columns = columns_of(store, InputKind::rich_summary, {"contrast", "rms"});
  const std::vector<std::string> names = features::summary_names(store.features());
  std::vector<float> all(names.size()), expected;
  store.read_summary(2, all);
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i].starts_with("contrast_") || names[i].starts_with("rms_")) expected.push_back(all[i]);
  EXPECT_EQ(read_summaries(store, {2}, input).x, expected);
}

TEST_F(SummariesTest, TellAnMfccFromItsDelta) {
  const store::FeatureStore store(folder);
  const std::vector<std::string> names = features::summary_names(store.features());
  for (const int column : columns_of(store, InputKind::rich_summary, {"mfcc"}))
    EXPECT_FALSE(names[static_cast<size_t>(column)].starts_with("mfcc_delta"));
  EXPECT_EQ(columns_of(store, InputKind::rich_summary, {"mfcc"}).size(), 4U * 5U);
}

InputConfig blocks_of(int frames) {
  InputConfig input = windows_of(frames);
  input.kind = InputKind::block_features;
  return input;
}

// The store keeps dB re each song's maximum; what a model sees knows how loud the song is.
TEST_F(SummariesTest, OfBlocksAreThoseOfTheSongsMelInDecibelsReOne) {
  const store::FeatureStore store(folder);
  const int track = 3, n_mels = store.features().n_mels;
  std::vector<float> db(static_cast<size_t>(store.frames(track)) * static_cast<size_t>(n_mels));
  store.read_mel_db(track, 0, db);
  for (float& value : db) value += 10 * std::log10(store.mel_ref(track));
  const std::vector<float> expected = features::block_features(db, n_mels);
  for (int time = 0; time < 2; ++time)  // made, then kept
    EXPECT_EQ(read_summaries(store, {track}, blocks_of(0)).x, expected);
}

TEST_F(SummariesTest, OfBlocksHaveWindowsAndColumnsToo) {
  const store::FeatureStore store(folder);
  EXPECT_EQ(read_summaries(store, {4}, blocks_of(40)).song, read_summaries(store, {4}, windows_of(40)).song);
  InputConfig input = blocks_of(40);
  input.columns = columns_of(store, InputKind::block_features, {"delta_variance"});
  const auto bands = static_cast<size_t>(std::min(32, store.features().n_mels));
  EXPECT_EQ(input.columns.size(), bands);
  const Summaries some = read_summaries(store, {4}, input), all = read_summaries(store, {4}, blocks_of(40));
  const size_t width = all.x.size() / all.song.size();
  ASSERT_EQ(some.x.size(), some.song.size() * bands);
  EXPECT_EQ(some.x[bands], all.x[width + static_cast<size_t>(input.columns[0])]);
}

TEST_F(SummariesTest, HaveNoDescriptorThatIsNotThere) {
  try {
    columns_of(store::FeatureStore(folder), InputKind::rich_summary, {"tempo"});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(
        std::string(error.what()),
        "the rich summary has no descriptor 'tempo'; there are bandwidth, centroid, chroma, contrast, flatness, mel, "
        "mfcc, mfcc_delta, rms, rolloff, zero_crossing_rate");
  }
}

// Training draws its window by the key; prediction brings all of them.
TEST_F(SummariesTest, AreDrawnInTrainingAndAllBroughtInPrediction) {
  const store::FeatureStore store(folder);
  const InputConfig input = unscaled(store, windows_of(30));
  const Songs songs = all_songs(store);
  PredictionBatches prediction(store, {{5}, {}}, input, {}, {});
  Batch batch;
  ASSERT_TRUE(prediction.next(batch));
  EXPECT_EQ(batch.x, read_summaries(store, {5}, input).x);

  LoaderConfig one, three;
  three.threads = 3;
  TrainingBatches a(store, songs, input, {}, one), b(store, songs, input, {}, three);
  a.begin_epoch(0);
  b.begin_epoch(0);
  const std::vector<float> first = a.next().x;
  EXPECT_EQ(first, b.next().x);
  a.begin_epoch(1);
  EXPECT_NE(first, a.next().x);
}

}  // namespace
}  // namespace foldwave::batches
