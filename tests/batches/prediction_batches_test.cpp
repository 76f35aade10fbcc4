#include <gtest/gtest.h>

#include <algorithm>

#include "batches/sample.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "small_store.h"

namespace foldwave::batches {
namespace {

constexpr int crop_frames = 20;

class PredictionBatchesTest : public SmallStore {
 protected:
  std::vector<Batch> all_batches(const Songs& songs, int crops, int batch, int threads, int rank = 0,
                                 int size = 1) const {
    LoaderConfig config;
    config.batch = batch;
    config.threads = threads;
    config.rank = rank;
    config.size = size;
    PredictionBatches batches(store, songs, plain_input(crop_frames), {.crops = crops}, config);
    std::vector<Batch> made;
    for (Batch next; batches.next(next);) made.push_back(next);
    return made;
  }

  // The crop of a song from its frame `first` on, as [n_mels, crop_frames].
  std::vector<float> crop_of(int track, int first) const {
    std::vector<float> mel(crop_frames * 16), crop;
    store.read_mel_db(track, first, mel);
    for (size_t bin = 0; bin < 16; ++bin) {
      for (size_t frame = 0; frame < crop_frames; ++frame) crop.push_back(mel[frame * 16 + bin]);
    }
    return crop;
  }

  const store::FeatureStore store{folder};
};

std::vector<int> rows_of(const std::vector<Batch>& batches) {
  std::vector<int> rows;
  for (const Batch& batch : batches) rows.insert(rows.end(), batch.row.begin(), batch.row.end());
  return rows;
}

TEST_F(PredictionBatchesTest, SpreadTheCropsFromTheFirstFrameToTheLast) {
  const int track = 5, last = store.frames(track) - crop_frames;
  const Batch batch = all_batches({{track}, {}}, 3, 8, 0)[0];
  EXPECT_EQ(batch.row, (std::vector<int>{0, 0, 0}));
  EXPECT_TRUE(batch.label.empty());
  std::vector<float> expected;
  for (const int first : {0, static_cast<int>(std::nearbyint(last / 2.0)), last}) {
    const std::vector<float> crop = crop_of(track, first);
    expected.insert(expected.end(), crop.begin(), crop.end());
  }
  EXPECT_EQ(batch.x, expected);
}

TEST_F(PredictionBatchesTest, CutASingleCropFromTheMiddle) {
  EXPECT_EQ(all_batches({{5}, {}}, 1, 8, 0)[0].x, crop_of(5, (store.frames(5) - crop_frames) / 2));
}

TEST_F(PredictionBatchesTest, MakeOneCropOfASongNoLongerThanIt) {
  EXPECT_EQ(rows_of(all_batches({{0, store.find("short"), 1}, {}}, 3, 8, 0)), (std::vector<int>{0, 0, 0, 1, 2, 2, 2}));
}

TEST_F(PredictionBatchesTest, SplitNoSongThatFitsAndKeepToTheBatchSize) {
  const auto made = all_batches(all_songs(store), 3, 8, 0);
  for (size_t i = 0; i < made.size(); ++i) {
    EXPECT_LE(made[i].size(), 8);
    EXPECT_EQ(made[i].shape, (std::vector<int64_t>{made[i].size(), 1, 16, crop_frames}));
    EXPECT_TRUE(i == 0 || made[i - 1].row.back() < made[i].row.front());
  }
}

TEST_F(PredictionBatchesTest, OfASongWithMoreSamplesThanABatchAreSeveral) {
  const auto values_of = [](const std::vector<Batch>& batches) {
    std::vector<float> values;
    for (const Batch& batch : batches) values.insert(values.end(), batch.x.begin(), batch.x.end());
    return values;
  };
  const auto whole = all_batches(all_songs(store), 5, 1000, 0);
  for (const int size : {1, 2, 3, 4}) {
    const auto made = all_batches(all_songs(store), 5, size, 0);
    for (const Batch& batch : made) EXPECT_LE(batch.size(), size);
    EXPECT_EQ(rows_of(made), rows_of(whole));
    EXPECT_EQ(values_of(made), values_of(whole));
  }
}

TEST_F(PredictionBatchesTest, AreTheSameForAnyNumberOfThreads) {
  const auto a = all_batches(all_songs(store), 3, 8, 0);
  for (const int threads : {1, 3}) {
    const auto b = all_batches(all_songs(store), 3, 8, threads);
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].row, b[i].row);
      EXPECT_EQ(a[i].x, b[i].x);
    }
  }
}

TEST_F(PredictionBatchesTest, OfAllRanksAreTheSongsInTheirOrder) {
  const std::vector<int> expected = rows_of(all_batches(all_songs(store), 2, 8, 0));
  std::vector<int> rows;
  for (int rank = 0; rank < 3; ++rank) {
    const std::vector<int> own = rows_of(all_batches(all_songs(store), 2, 8, 1, rank, 3));
    rows.insert(rows.end(), own.begin(), own.end());
  }
  EXPECT_EQ(rows, expected);
}

TEST_F(PredictionBatchesTest, AreNoneForNoSongs) { EXPECT_TRUE(all_batches({}, 3, 8, 1).empty()); }

// Pass p is the sample that training would make under occurrence p of epoch 0; what is asked for without passes stays.
TEST_F(PredictionBatchesTest, AppendAugmentedPassesOnRequest) {
  PredictionConfig prediction{.crops = 3, .augmented_passes = 2, .seed = 9};
  prediction.augment.gain_probability = prediction.augment.pitch_probability = 1;
  prediction.augment.mixup_probability = 1;
  const InputConfig input = plain_input(crop_frames);
  const Songs songs{{5, store.find("short")}, {}};
  std::vector<Batch> made;
  for (const int threads : {0, 3}) {
    PredictionBatches batches(store, songs, input, prediction, {.batch = 8, .threads = threads});
    ASSERT_TRUE(batches.next(made.emplace_back()));
  }
  EXPECT_EQ(made[0].x, made[1].x);
  EXPECT_EQ(made[0].row, (std::vector<int>{0, 0, 0, 0, 0, 1, 1, 1}));
  EXPECT_TRUE(made[0].share.empty());

  constexpr size_t size = crop_frames * 16;
  const std::vector<float> plain = all_batches(songs, 3, 8, 0)[0].x;
  const std::span<const float> x = made[0].x;
  EXPECT_TRUE(std::ranges::equal(x.first(3 * size), std::span(plain).first(3 * size)));
  EXPECT_TRUE(std::ranges::equal(x.subspan(5 * size, size), std::span(plain).subspan(3 * size, size)));
  SampleMaker maker(store, input, prediction.augment);
  std::vector<float> sample(size);
  for (const uint16_t pass : {1, 2}) {
    maker.training(5, {.seed = 9, .song = hash64("song 5"), .occurrence = pass}, sample);
    EXPECT_TRUE(std::ranges::equal(x.subspan((2U + pass) * size, size), sample));
  }
  EXPECT_FALSE(std::ranges::equal(x.subspan(3 * size, size), x.subspan(4 * size, size)));
}

TEST_F(PredictionBatchesTest, HaveNoAugmentedPassesOfSummaries) {
  PredictionBatches batches(store, all_songs(store), plain_input(0, InputKind::mfcc_summary), {.augmented_passes = 2},
                            {.batch = 32, .threads = 0});
  Batch batch;
  ASSERT_TRUE(batches.next(batch));
  EXPECT_EQ(batch.size(), 11);
}

TEST_F(PredictionBatchesTest, CanBeLeftHalfWay) {
  LoaderConfig config;
  config.batch = 2;
  config.threads = 3;
  PredictionBatches batches(store, all_songs(store), plain_input(crop_frames), {.crops = 2}, config);
  Batch batch;
  EXPECT_TRUE(batches.next(batch));
}

TEST_F(PredictionBatchesTest, RethrowTheErrorOfALoaderThread) {
  std::filesystem::remove(store::shard_path(folder, 1));
  EXPECT_NO_THROW(all_batches({{0, 1, 2}, {}}, 2, 2, 2));
  EXPECT_THROW(all_batches({{0, 9}, {}}, 2, 2, 2), SystemError);
}

}  // namespace
}  // namespace foldwave::batches
