#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "small_store.h"

namespace foldwave::batches {
namespace {

constexpr int crop_frames = 20;

augment::AugmentConfig everything() {
  augment::AugmentConfig config;
  config.name = "everything";
  config.stretch_probability = config.pitch_probability = config.gain_probability = config.noise_probability = 0.5;
  config.filter_probability = config.shift_probability = config.resize_probability = config.mixup_probability = 0.5;
  config.filter_min_mels = 2;
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
  EXPECT_EQ(a.other_label, b.other_label);
  EXPECT_EQ(a.share, b.share);
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

// Batch normalisation sees a part's songs of all ranks: they must be the same however many ranks there are.
TEST_F(TrainingBatchesTest, HaveTheSameSongsInAPartOnAnyNumberOfRanks) {
  const auto parts_of = [this](int size) {
    std::map<std::pair<size_t, size_t>, std::set<int>> songs;  // of a step's part, of all ranks
    for (int rank = 0; rank < size; ++rank) {
      int own_songs = 0;
      LoaderConfig config = loader(5, 1, rank, size);
      config.parts = 2;
      TrainingBatches made = batches(config);
      const auto own = epoch_of(made, 2);
      for (size_t step = 0; step < own.size(); ++step) {
        own_songs += own[step].size();
        EXPECT_EQ(own[step].part_end.size(), 2U);
        EXPECT_EQ(own[step].part_end.back(), own[step].size());
        for (int i = 0; i < own[step].size(); ++i)
          songs[{step, i < own[step].part_end[0] ? 0 : 1}].insert(own[step].row[i]);
      }
      EXPECT_GT(own_songs, 0) << rank << " of " << size;
    }
    return songs;
  };
  const auto alone = parts_of(1);
  EXPECT_EQ(alone.size(), 3 * 2U);
  size_t all = 0;
  for (const auto& [part, songs] : alone) all += songs.size();
  EXPECT_EQ(all, all_songs(store).track.size());
  for (const int size : {2, 3, 4}) EXPECT_EQ(parts_of(size), alone) << size;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

TEST_F(TrainingBatchesTest, OfSeveralRanksAreTogetherThatOfOne) {
  TrainingBatches whole = batches(loader(5, 0));
  const auto all = epoch_of(whole, 2);
  for (const int size : {2, 4}) {
    std::vector<Batch> joined(all.size());
    for (int rank = 0; rank < size; ++rank) {
      TrainingBatches part = batches(loader(5, 1, rank, size));
      const auto own = epoch_of(part, 2);
      for (size_t step = 0; step < own.size(); ++step) {
        Batch& to = joined[step];
        append(to.x, own[step].x);
        append(to.row, own[step].row);
        append(to.label, own[step].label);
        append(to.other_label, own[step].other_label);
        append(to.share, own[step].share);
        to.shape = {to.size(), 1, 16, crop_frames};
      }
    }
    for (size_t step = 0; step < all.size(); ++step) {
      expect_equal(joined[step], all[step]);
      EXPECT_EQ(whole.step_size(static_cast<int>(step)), all[step].size());
    }
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
  augment::AugmentConfig config = everything();
  config.mixup_probability = 0;
  TrainingBatches one(store, alone, plain_input(crop_frames), config, loader(4, 0)),
      all = batches(loader(11, 0), config);
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

TEST_F(TrainingBatchesTest, RepeatAShortSongWhereTilesAreAskedFor) {
  Songs songs;
  songs.track = {store.find("short")};
  songs.label = {1};
  InputConfig input = plain_input(30);
  input.tile = true;
  const auto frames = static_cast<size_t>(store.frames(songs.track[0]));
  ASSERT_LT(frames, 15U);  // so that it is repeated more than once
  std::vector<float> mel(frames * 16);
  store.read_mel_db(songs.track[0], 0, mel);
  TrainingBatches made(store, songs, input, augment::AugmentConfig{}, loader(1, 0));
  const Batch batch = epoch_of(made, 0)[0];
  for (size_t bin = 0; bin < 16; ++bin) {
    for (size_t frame = 0; frame < 30; ++frame) EXPECT_EQ(batch.x[bin * 30 + frame], mel[frame % frames * 16 + bin]);
  }
  PredictionBatches predicted(store, songs, input, {.crops = 3}, loader(1, 0));
  Batch plain;
  ASSERT_TRUE(predicted.next(plain));
  EXPECT_EQ(plain.x, batch.x);
}

TEST_F(TrainingBatchesTest, WithoutAnyProbabilityAreTheVeryBytesOfNoAugmentation) {
  augment::AugmentConfig nothing = everything();
  nothing.stretch_probability = nothing.pitch_probability = nothing.gain_probability = nothing.noise_probability = 0;
  nothing.filter_probability = nothing.shift_probability = nothing.resize_probability = nothing.mask_probability =
      nothing.mixup_probability = 0;
  TrainingBatches plain = batches(loader(11, 0), augment::AugmentConfig{}), made = batches(loader(11, 0), nothing);
  for (int epoch = 0; epoch < 3; ++epoch) expect_equal(epoch_of(plain, epoch)[0], epoch_of(made, epoch)[0]);
}

// Whole songs, so that nothing but the blend is drawn.
TEST_F(TrainingBatchesTest, BlendAnotherSongInByTheShareThatTheyTell) {
  constexpr int whole = 500;
  augment::AugmentConfig mixup;
  mixup.mixup_probability = 0.5;
  mixup.mixup_alpha = 1;
  TrainingBatches plain = batches(loader(11, 0), augment::AugmentConfig{}, whole),
                  mixed = batches(loader(11, 2), mixup, whole);
  int blended = 0;
  for (int epoch = 0; epoch < 20; ++epoch) {
    const Batch a = epoch_of(plain, epoch)[0], b = epoch_of(mixed, epoch)[0];
    ASSERT_EQ(a.row, b.row);
    EXPECT_TRUE(a.share.empty() && a.other_label.empty());
    ASSERT_EQ(b.share.size(), a.row.size());
    ASSERT_EQ(b.other_label.size(), a.row.size());
    const auto sample = [](const Batch& batch, size_t i) {
      return std::span(batch.x).subspan(i * 16 * whole, 16 * whole);
    };
    for (size_t i = 0; i < a.row.size(); ++i) {
      if (b.share[i] == 1) {
        EXPECT_EQ(b.other_label[i], b.label[i]);
        EXPECT_TRUE(std::ranges::equal(sample(a, i), sample(b, i)));
        continue;
      }
      ++blended;
      bool found = false;  // the song that was blended in, of which only the label is told
      for (size_t other = 0; other < a.row.size(); ++other) {
        float largest = 0;
        for (size_t k = 0; k < 16 * whole; ++k)
          largest = std::max(largest, std::abs(sample(b, i)[k] - b.share[i] * sample(a, i)[k] -
                                               (1 - b.share[i]) * sample(a, other)[k]));
        found = found || (largest < 1e-4F && a.label[other] == b.other_label[i]);
      }
      EXPECT_TRUE(found) << epoch << ' ' << i;
    }
  }
  EXPECT_NEAR(blended, 110, 30);  // of 220: four standard deviations
}

TEST_F(TrainingBatchesTest, OfRichSummariesAreTheNormalisedSummaries) {
  InputConfig input;
  input.kind = InputKind::rich_summary;
  const auto columns = static_cast<size_t>(store.summary_columns());
  ASSERT_GT(columns, 20U);
  std::vector<int> tracks = all_songs(store).track;
  input.normalisation = fit_normalisation(store, tracks, input);
  TrainingBatches made(store, all_songs(store), input, everything(), loader(11, 2));
  const Batch batch = epoch_of(made, 0)[0];
  ASSERT_EQ(batch.shape, (std::vector<int64_t>{11, store.summary_columns()}));
  for (size_t i = 0; i < batch.row.size(); ++i) {
    if (batch.share[i] != 1) continue;
    std::vector<float> summary(columns);
    store.read_summary(batch.row[i], summary);
    for (size_t k = 0; k < columns; ++k)
      EXPECT_FLOAT_EQ(batch.x[i * columns + k],
                      (summary[k] - input.normalisation.mean[k]) * (1 / input.normalisation.std[k]));
  }
}

TEST_F(TrainingBatchesTest, OfSummariesAreTheNormalisedSummaries) {
  InputConfig input = plain_input(0, InputKind::mfcc_summary);
  input.normalisation.mean[3] = 2;
  input.normalisation.std[3] = 4;
  TrainingBatches made(store, all_songs(store), input, augment::AugmentConfig{}, loader(11, 2));
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
