#include <gtest/gtest.h>

#include <algorithm>

#include "foldwave/core/errors.h"
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

TEST_F(PredictionBatchesTest, NeverSplitASongAndKeepToTheBatchSize) {
  const auto made = all_batches(all_songs(store), 3, 8, 0);
  for (size_t i = 0; i < made.size(); ++i) {
    EXPECT_LE(made[i].size(), 8);
    EXPECT_EQ(made[i].shape, (std::vector<int64_t>{made[i].size(), 1, 16, crop_frames}));
    EXPECT_TRUE(i == 0 || made[i - 1].row.back() < made[i].row.front());
  }
  for (const Batch& batch : all_batches(all_songs(store), 5, 2, 0)) EXPECT_EQ(batch.row.front(), batch.row.back());
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
