#include <gtest/gtest.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "small_store.h"

namespace foldwave::batches {
namespace {

constexpr int crop_frames = 20;

augment::AugmentConfig everything() {
  augment::AugmentConfig config;
  config.name = "everything";
  config.noise_probability = 0.5;
  config.time_masks = 2;
  config.time_mask_frames = 4;
  config.frequency_masks = 1;
  config.frequency_mask_mels = 3;
  return config;
}

// Noise so weak that it changes nothing: what is left is the way through the waveform.
augment::AugmentConfig inaudible_noise() {
  augment::AugmentConfig config;
  config.noise_probability = 1;
  config.noise_min_snr_db = config.noise_max_snr_db = 200;
  return config;
}

LoaderConfig loader(int batch, int threads, int rank = 0, int size = 1) {
  LoaderConfig config;
  config.batch = batch;
  config.seed = 5;
  config.threads = threads;
  config.rank = rank;
  config.size = size;
  return config;
}

class TrainingBatchesTest : public SmallStore {
 protected:
  TrainingBatches batches(const LoaderConfig& config, const augment::AugmentConfig& augment = everything(),
                          int frames = crop_frames) const {
    return {store, all_songs(store), plain_input(frames), augment, config};
  }
  const store::FeatureStore store{folder};
};

std::vector<Batch> epoch_of(TrainingBatches& batches, int epoch) {
  std::vector<Batch> made;
  batches.begin_epoch(epoch);
  for (int step = 0; step < batches.steps(); ++step) made.push_back(batches.next());
  return made;
}

void expect_equal(const Batch& a, const Batch& b) {
  EXPECT_EQ(a.shape, b.shape);
  EXPECT_EQ(a.row, b.row);
  EXPECT_EQ(a.label, b.label);
  EXPECT_EQ(a.x, b.x);
}

TEST_F(TrainingBatchesTest, HaveEverySongOnceAnEpochWithItsLabel) {
  TrainingBatches made = batches(loader(4, 1));
  EXPECT_EQ(made.steps(), 3);
  std::vector<int> rows;
  for (const Batch& batch : epoch_of(made, 1)) {
    EXPECT_GE(batch.size(), 3);
    EXPECT_LE(batch.size(), 4);
    EXPECT_EQ(batch.shape, (std::vector<int64_t>{batch.size(), 1, 16, crop_frames}));
    EXPECT_EQ(batch.x.size(), static_cast<size_t>(batch.size()) * 16 * crop_frames);
    for (int i = 0; i < batch.size(); ++i) {
      EXPECT_EQ(batch.label[i], batch.row[i] % 3);
      EXPECT_EQ(batch.key[i].epoch, 1U);
      rows.push_back(batch.row[i]);
    }
  }
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows, all_songs(store).track);
}

TEST_F(TrainingBatchesTest, AreTheSameForAnyNumberOfThreads) {
  TrainingBatches inline_made = batches(loader(4, 0)), one = batches(loader(4, 1)), three = batches(loader(4, 3));
  for (int epoch = 0; epoch < 3; ++epoch) {
    const auto a = epoch_of(inline_made, epoch), b = epoch_of(one, epoch), c = epoch_of(three, epoch);
    for (size_t step = 0; step < a.size(); ++step) {
      expect_equal(a[step], b[step]);
      expect_equal(a[step], c[step]);
    }
  }
}

TEST_F(TrainingBatchesTest, OfTwoRanksAreTogetherThatOfOne) {
  TrainingBatches whole = batches(loader(5, 0)), first = batches(loader(5, 1, 0, 2)),
                  second = batches(loader(5, 1, 1, 2));
  const auto all = epoch_of(whole, 2), left = epoch_of(first, 2), right = epoch_of(second, 2);
  for (size_t step = 0; step < all.size(); ++step) {
    Batch joined = left[step];
    joined.x.insert(joined.x.end(), right[step].x.begin(), right[step].x.end());
    joined.row.insert(joined.row.end(), right[step].row.begin(), right[step].row.end());
    joined.label.insert(joined.label.end(), right[step].label.begin(), right[step].label.end());
    joined.shape[0] += right[step].shape[0];
    expect_equal(joined, all[step]);
    EXPECT_EQ(whole.step_size(static_cast<int>(step)), all[step].size());
  }
}

TEST_F(TrainingBatchesTest, AreEmptyWhereThereAreMoreRanksThanSongs) {
  TrainingBatches made = batches(loader(1, 0, 1, 3));
  const auto epoch = epoch_of(made, 0);
  EXPECT_TRUE(std::any_of(epoch.begin(), epoch.end(),
                          [](const Batch& batch) { return batch.size() == 0 && batch.shape[0] == 0; }));
}

TEST_F(TrainingBatchesTest, ComeInAnotherOrderAndOtherwiseCutInEveryEpoch) {
  TrainingBatches made = batches(loader(11, 0), augment::AugmentConfig{});
  const auto first = epoch_of(made, 0), second = epoch_of(made, 1), again = epoch_of(made, 0);
  EXPECT_NE(first[0].row, second[0].row);
  EXPECT_NE(first[0].x, second[0].x);
  expect_equal(first[0], again[0]);
}

TEST_F(TrainingBatchesTest, DoNotDependOnWhichOtherSongsThereAre) {
  Songs alone;
  alone.track = {7};
  alone.label = {0};
  TrainingBatches one(store, alone, plain_input(crop_frames), everything(), loader(4, 0)), all = batches(loader(11, 0));
  const Batch single = epoch_of(one, 3)[0], whole = epoch_of(all, 3)[0];
  const auto at = std::find(whole.row.begin(), whole.row.end(), 7) - whole.row.begin();
  const auto begin = whole.x.begin() + at * static_cast<std::ptrdiff_t>(single.x.size());
  EXPECT_TRUE(std::equal(single.x.begin(), single.x.end(), begin));
}

TEST_F(TrainingBatchesTest, StartAgainFromAnyStepOfAnyEpoch) {
  TrainingBatches fresh = batches(loader(3, 0)), used = batches(loader(3, 2));
  const auto expected = epoch_of(fresh, 4);
  for (int stop = 0; stop < used.steps(); ++stop) {
    used.begin_epoch(1);
    for (int step = 0; step < stop; ++step) used.next();
    const auto made = epoch_of(used, 4);
    for (size_t step = 0; step < made.size(); ++step) expect_equal(made[step], expected[step]);
  }
}

TEST_F(TrainingBatchesTest, CanBeLeftInMidEpoch) {
  for (int taken = 0; taken < 3; ++taken) {
    TrainingBatches made = batches(loader(2, 3));
    made.begin_epoch(0);
    for (int step = 0; step < taken; ++step) made.next();
  }
}

// The way through the waveform ends at the stored frames: at both ends of the song, where the STFT is padded, and
// between.
TEST_F(TrainingBatchesTest, MadeFromTheWaveformEqualTheStoredMel) {
  for (const int frames : {3, crop_frames, 500}) {  // 500: the whole song, and padding
    TrainingBatches stored = batches(loader(11, 0), augment::AugmentConfig{}, frames),
                    made = batches(loader(11, 0), inaudible_noise(), frames);
    for (int epoch = 0; epoch < 40; ++epoch) {
      const Batch a = epoch_of(stored, epoch)[0], b = epoch_of(made, epoch)[0];
      ASSERT_EQ(a.row, b.row);
      for (size_t i = 0; i < a.x.size(); ++i) ASSERT_NEAR(a.x[i], b.x[i], 0.04) << "float16 is exact to 0.03 at 80";
    }
  }
}

TEST_F(TrainingBatchesTest, WithNoiseDifferFromTheStoredMelByFarMore) {
  augment::AugmentConfig loud = inaudible_noise();
  loud.noise_min_snr_db = loud.noise_max_snr_db = 5;
  TrainingBatches stored = batches(loader(11, 0), augment::AugmentConfig{}), made = batches(loader(11, 0), loud);
  const Batch a = epoch_of(stored, 0)[0], b = epoch_of(made, 0)[0];
  double difference = 0;
  for (size_t i = 0; i < a.x.size(); ++i) difference += std::abs(a.x[i] - b.x[i]) / static_cast<double>(a.x.size());
  EXPECT_GT(difference, 3);
}

TEST_F(TrainingBatchesTest, PadAShortSongAtItsEndWithTheFloorAndNormaliseThat) {
  Songs songs;
  songs.track = {store.find("short")};
  songs.label = {1};
  InputConfig input = plain_input(30);
  input.normalisation = {std::vector<float>(16, -30.0F), std::vector<float>(16, 10.0F)};
  TrainingBatches made(store, songs, input, augment::AugmentConfig{}, loader(1, 0));
  const Batch batch = epoch_of(made, 0)[0];
  const int frames = store.frames(songs.track[0]);
  ASSERT_LT(frames, 30);
  std::vector<float> mel(static_cast<size_t>(frames) * 16);
  store.read_mel_db(songs.track[0], 0, mel);
  for (int bin = 0; bin < 16; ++bin) {
    for (int frame = 0; frame < 30; ++frame) {
      const float db = frame < frames ? mel[static_cast<size_t>(frame) * 16 + static_cast<size_t>(bin)] : -80.0F;
      EXPECT_NEAR(batch.x[static_cast<size_t>(bin * 30 + frame)], (db + 30) / 10, 1e-5);
    }
  }
}

TEST_F(TrainingBatchesTest, OfSummariesAreTheNormalisedSummaries) {
  InputConfig input = plain_input(0, InputKind::mfcc_summary);
  input.normalisation.mean[3] = 2;
  input.normalisation.std[3] = 4;
  TrainingBatches made(store, all_songs(store), input, everything(), loader(11, 2));
  const Batch batch = epoch_of(made, 0)[0];
  EXPECT_EQ(batch.shape, (std::vector<int64_t>{11, 20}));
  EXPECT_FLOAT_EQ(batch.x[3], (mfcc_summary_of(store, batch.row[0])[3] - 2) / 4);
  EXPECT_FLOAT_EQ(batch.x[20], mfcc_summary_of(store, batch.row[1])[0]);
}

TEST_F(TrainingBatchesTest, KeyEachSampleOnItsSongsId) {
  TrainingBatches made = batches(loader(11, 1));
  const Batch batch = epoch_of(made, 6)[0];
  for (int i = 0; i < batch.size(); ++i) {
    const std::string id = batch.row[i] == 10 ? "short" : "song " + std::to_string(batch.row[i]);
    EXPECT_EQ(batch.key[i].song, hash64(id));
    EXPECT_EQ(batch.key[i].seed, 5U);
  }
}

TEST_F(TrainingBatchesTest, RethrowTheErrorOfALoaderThreadAtTheStepItBelongsTo) {
  std::filesystem::remove(store::shard_path(folder, 1));
  for (const int threads : {0, 3}) {
    Songs songs;
    songs.track = {0, 1, 2, 8, 9, 10};
    songs.label = {0, 0, 0, 0, 0, 0};
    TrainingBatches made(store, songs, plain_input(crop_frames), everything(), loader(1, threads));
    made.begin_epoch(0);
    std::vector<int> rows;
    try {
      for (int step = 0; step < made.steps(); ++step) rows.push_back(made.next().row[0]);
      ADD_FAILURE() << "a missing shard went unnoticed";
    } catch (const SystemError&) {
    }
    for (const int row : rows) EXPECT_LT(row, 3);
    EXPECT_THROW(made.next(), SystemError);
  }
}

TEST_F(TrainingBatchesTest, RefuseAnotherStoresNormalisation) {
  InputConfig input = plain_input(crop_frames);
  input.normalisation.mean.pop_back();
  EXPECT_THROW(TrainingBatches(store, all_songs(store), input, everything(), loader(4, 1)), InputError);
}

}  // namespace
}  // namespace foldwave::batches
