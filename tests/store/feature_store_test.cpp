#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "../formats/temporary_folder.h"
#include "example_store.h"
#include "foldwave/core/errors.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::store {
namespace {

const StorePlan two_shards = plan_of({0, 2, 5});

std::vector<float> waveform_of(const FeatureStore& store, int track) {
  std::vector<float> out(static_cast<size_t>(store.samples(track)));
  store.read_waveform(track, 0, out);
  return out;
}

TEST(FeatureStore, FindsTracksByTheirNamesInCatalogueOrder) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards, 3);
  const FeatureStore store(folder.path());
  EXPECT_EQ(store.tracks(), 4);
  EXPECT_EQ(store.find("song-2"), 2);
  EXPECT_EQ(store.find("song-3"), -1);
  EXPECT_EQ(store.find("song-4"), 3);
  EXPECT_EQ(store.unusable().at("song-3"), "no samples");
  EXPECT_EQ(store.plan().first_row, two_shards.first_row);
  EXPECT_EQ(store.features().n_mels, 8);
}

TEST(FeatureStore, KeepsTheSmallTablesOfATrack) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const FeatureStore store(folder.path());
  const auto track = example_track(4);
  EXPECT_EQ(store.samples(4), 2400);
  EXPECT_EQ(store.frames(4), track.features.mel.frames);
  EXPECT_EQ(store.duration_s(4), track.duration_s);
  EXPECT_EQ(store.trim_begin(4), 10);
  EXPECT_EQ(store.trim_end(4), 2400);
  EXPECT_EQ(store.mel_ref(4), track.features.mel.max_power);
  std::vector<float> coefficients(16), rich(static_cast<size_t>(store.summary_columns()));
  store.read_mfcc_summary(4, coefficients);
  EXPECT_EQ(coefficients, track.features.mfcc_summary);
  store.read_summary(4, rich);
  EXPECT_EQ(rich, track.features.summary);
}

TEST(FeatureStore, ReadsWaveformsToHalfAStepOfInt16BeyondOne) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const FeatureStore store(folder.path());
  const auto expected = example_track(3).waveform, got = waveform_of(store, 3);
  const float loudest = *std::ranges::max_element(expected);
  ASSERT_GT(loudest, 1);
  for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], 0.51 * loudest / 32767) << i;
  std::vector<float> part(100);
  store.read_waveform(3, 700, part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), got.begin() + 700));
}

TEST(FeatureStore, ReadsMelRowsInDecibelToTheResolutionOfFloat16) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const FeatureStore store(folder.path());
  const auto track = example_track(1);
  features::MelExtractor extract(small_config());
  const auto mel = extract(std::span(track.waveform).subspan(10));
  const auto expected = features::power_to_db(mel.power, features::maximum(mel.power), 80);
  std::vector<float> rows(3 * 8);
  store.read_mel_db(1, 5, rows);
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_NEAR(rows[i], expected[5 * 8 + i], 0.04);  // 64 to 128 dB: steps of 1/16
}

TEST(FeatureStore, ContentsOfATrackDoNotDependOnThePlan) {
  const TemporaryFolder a, b;
  make_store(a.path(), two_shards);
  make_store(b.path(), plan_of({0, 1, 2, 3, 4, 5}));
  const FeatureStore one(a.path()), other(b.path());
  for (int track = 0; track < 5; ++track) {
    EXPECT_EQ(waveform_of(one, track), waveform_of(other, track));
    std::vector<float> mel_a(static_cast<size_t>(one.frames(track)) * 8), mel_b(mel_a.size());
    one.read_mel_db(track, 0, mel_a);
    other.read_mel_db(track, 0, mel_b);
    EXPECT_EQ(mel_a, mel_b);
  }
}

TEST(FeatureStore, ASilentTrackIsZero) {
  const TemporaryFolder folder;
  const auto plan = plan_of({0, 1});
  auto track = example_track(0);
  std::ranges::fill(track.waveform, 0.0f);
  features::FeatureExtractor extract(small_config());
  extract(track.waveform, track.features);
  publish_plan(folder.path(), plan);
  ShardWriter writer(plan, small_config(), folder.path(), 0);
  writer.add(track);
  writer.publish();
  publish_index(folder.path(), plan);
  const FeatureStore store(folder.path());
  EXPECT_TRUE(std::ranges::all_of(waveform_of(store, 0), [](float sample) { return sample == 0; }));
  std::vector<float> row(8, 1);
  store.read_mel_db(0, 0, row);
  EXPECT_EQ(row, std::vector<float>(8, 0));
}

TEST(FeatureStore, IsReadByManyThreadsAtOnce) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const FeatureStore store(folder.path());
  std::vector<std::vector<float>> got(8);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < got.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int repeat = 0; repeat < 50; ++repeat) got[t] = waveform_of(store, static_cast<int>(t % 5));
    });
  }
  for (auto& thread : threads) thread.join();
  for (size_t t = 0; t < got.size(); ++t) EXPECT_EQ(got[t], waveform_of(store, static_cast<int>(t % 5)));
}

TEST(FeatureStore, IsReadableByTheGroupWhateverTheUmask) {
  const TemporaryFolder folder;
  const mode_t before = umask(0077);
  make_store(folder / "store", two_shards);
  umask(before);
  const auto mode = [](const std::filesystem::path& path) {
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
  };
  EXPECT_EQ(mode(folder / "store"), 0750u);
  for (const auto& entry : std::filesystem::directory_iterator(folder / "store"))
    EXPECT_EQ(mode(entry.path()), 0640u) << entry.path();
}

TEST(FeatureStore, ShardsOfUnusableFilesAloneMayStandAnywhere) {
  const TemporaryFolder folder;
  const auto plan = plan_of({0, 1, 2, 3});
  for (int unusable = 0; unusable < 3; ++unusable) {
    make_store(folder.path(), plan, unusable);
    const FeatureStore store(folder.path());
    ASSERT_EQ(store.tracks(), 2);
    for (int track = 0; track < 2; ++track) {
      EXPECT_NO_THROW(store.verify(track));
      const auto id = std::string(store.song_id(track));
      EXPECT_EQ(store.samples(track), static_cast<int64_t>(example_track(id.back() - '0').waveform.size())) << id;
    }
  }
}

TEST(FeatureStore, AnUnfinishedStoreIsRefused) {
  const TemporaryFolder folder;
  EXPECT_NE(message_of<InputError>([&] { FeatureStore(folder.path()); }).find("no feature store is here"),
            std::string::npos);
  make_store(folder.path(), two_shards);
  EXPECT_TRUE(is_finished(folder.path()));
  withdraw_index(folder.path());
  EXPECT_FALSE(is_finished(folder.path()));
  EXPECT_NE(message_of<InputError>([&] { FeatureStore(folder.path()); }).find("unfinished"), std::string::npos);
}

TEST(FeatureStore, AMissingShardIsNotIndexed) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  std::filesystem::remove(shard_path(folder.path(), 1));
  EXPECT_NE(message_of<SystemError>([&] { publish_index(folder.path(), two_shards); }).find("shard-00001.h5"),
            std::string::npos);
}

TEST(FeatureStore, ATruncatedShardIsAnErrorThatNamesFileAndTrack) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const FeatureStore store(folder.path());
  std::filesystem::resize_file(shard_path(folder.path(), 1), 4096);
  const auto message = message_of<SystemError>([&] { waveform_of(store, 4); });
  EXPECT_NE(message.find("shard-00001.h5': the file ends"), std::string::npos) << message;
  EXPECT_NE(message.find("waveform of track 'song-4'"), std::string::npos) << message;
}

TEST(FeatureStore, AShardThatIsGoneIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const FeatureStore store(folder.path());
  std::filesystem::remove(shard_path(folder.path(), 0));
  EXPECT_NE(message_of<SystemError>([&] { waveform_of(store, 0); }).find("shard-00000.h5"), std::string::npos);
}

TEST(FeatureStore, ReadingBeyondATrackIsAnError) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const FeatureStore store(folder.path());
  std::vector<float> out(100);
  EXPECT_THROW(store.read_waveform(0, 1901, out), SystemError);
  EXPECT_THROW(store.read_waveform(0, -1, out), SystemError);
  EXPECT_THROW(store.read_mel_db(0, store.frames(0), std::span(out).first(8)), SystemError);
  EXPECT_THROW(static_cast<void>(store.samples(5)), SystemError);
  EXPECT_NO_THROW(store.read_waveform(0, 1900, out));
}

TEST(FeatureStore, VerifyNamesThePayloadWithAFlippedBit) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_shards);
  const auto path = shard_path(folder.path(), 0);
  const auto offset = formats::Hdf5File::open(path).byte_offset("/mel");
  std::string bytes = bytes_of(path);
  bytes[offset] = static_cast<char>(bytes[offset] ^ 1);
  put(path, bytes);
  const FeatureStore store(folder.path());
  EXPECT_NE(message_of<SystemError>([&] { store.verify(0); }).find("mel of track 'song-0' does not match its CRC32C"),
            std::string::npos);
  for (int track = 1; track < 5; ++track) EXPECT_NO_THROW(store.verify(track));
}

}  // namespace
}  // namespace foldwave::store
