#include <gtest/gtest.h>

#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"
#include "music.h"
#include "one_rank.h"

namespace foldwave::preparation {
namespace {

class LastProgress final : public ProgressSink {
 public:
  void update(const Progress& progress) override { last = progress; }
  void note(const std::string&) override {}
  Progress last;
};

class Prepare : public OneRank {
 protected:
  Prepare() {
    audio.sample_rate = features.sample_rate = 8000;
    features.n_fft = 256;
    features.hop_length = 128;
    features.n_mels = 8;
    features.n_mfcc = 4;
    config.store = folder / "store";
    config.max_bad = 0.5;
  }
  PrepareOutcome run(const Music& music) {
    return prepare(music.catalog(), audio, features, config, world(), progress);
  }
  std::filesystem::path shard(int s) const { return store::shard_path(config.store, s); }
  int shards() const { return store::read_plan(config.store).shards(); }

  TemporaryFolder folder;
  audio::AudioConfig audio;
  features::FeatureConfig features;
  PrepareConfig config;
  LastProgress progress;
};

TEST_F(Prepare, MakesAStoreOfEveryTrackAndCountsThem) {
  const Music music(12);
  const auto outcome = run(music);
  const store::FeatureStore store(config.store);
  EXPECT_EQ(store.tracks(), 12);
  EXPECT_GT(outcome.shards_made, 1);
  EXPECT_EQ(outcome.shards_kept, 0);
  EXPECT_NEAR(outcome.audio_s, 12 * 0.5 + 0.1 * 66, 0.01);
  EXPECT_TRUE(outcome.quarantine.empty());
  EXPECT_EQ(progress.last.done, 12);
  EXPECT_EQ(progress.last.total, 12);
  for (int track = 0; track < 12; ++track) EXPECT_NO_THROW(store.verify(track));
}

TEST_F(Prepare, SetsUnusableFilesAsideAndGoesOn) {
  const Music music(6);
  put(music.file(1), "");
  put(music.file(4), "this is text");
  std::filesystem::remove(music.file(5));
  const auto outcome = run(music);
  ASSERT_EQ(outcome.quarantine.size(), 3u);
  EXPECT_TRUE(outcome.quarantine.contains(1) && outcome.quarantine.contains(4) && outcome.quarantine.contains(5));
  const store::FeatureStore store(config.store);
  EXPECT_EQ(store.tracks(), 3);
  EXPECT_EQ(store.unusable().at("4"), outcome.quarantine.at(4));
  EXPECT_EQ(run(music).quarantine, outcome.quarantine);
}

TEST_F(Prepare, FailsWithTheFirstReasonWhereTooManyAreUnusable) {
  const Music music(6);
  put(music.file(2), "");
  config.max_bad = 0.1;
  const auto message = message_of<SystemError>([&] { run(music); });
  EXPECT_NE(message.find("1 of 6 audio files cannot be used, a larger share than features.max_bad = 0.1"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("tone2.wav' of song '2': "), std::string::npos) << message;
  EXPECT_FALSE(store::is_finished(config.store));
}

TEST_F(Prepare, LooksAgainAtUnusableFilesOfARunThatFailed) {
  const Music music(6);
  put(music.file(2), "");
  config.max_bad = 0.1;
  EXPECT_THROW(run(music), SystemError);
  write_tone(music.file(2), 300, 0.7);
  EXPECT_TRUE(run(music).quarantine.empty());
  EXPECT_EQ(store::FeatureStore(config.store).tracks(), 6);
}

TEST_F(Prepare, LeavesAFinishedStoreAsItIs) {
  const Music music(6);
  const int made = run(music).shards_made;
  const auto written = std::filesystem::last_write_time(config.store / "index.h5");
  const auto again = run(music);
  EXPECT_EQ(again.shards_made, 0);
  EXPECT_EQ(again.shards_kept, made);
  EXPECT_EQ(std::filesystem::last_write_time(config.store / "index.h5"), written);
}

TEST_F(Prepare, MakesOnlyWhatIsMissingOrDamagedAndEndsWithTheSameBytes) {
  const Music music(6);
  run(music);
  ASSERT_GE(shards(), 3);
  const std::string first = bytes_of(shard(0)), second = bytes_of(shard(1)),
                    index = bytes_of(config.store / "index.h5");
  std::filesystem::remove(shard(0));
  std::filesystem::resize_file(shard(1), 100);
  std::filesystem::remove(config.store / "index.h5");
  const auto outcome = run(music);
  EXPECT_EQ(outcome.shards_made, 2);
  EXPECT_EQ(bytes_of(shard(0)), first);
  EXPECT_EQ(bytes_of(shard(1)), second);
  EXPECT_EQ(bytes_of(config.store / "index.h5"), index);
}

TEST_F(Prepare, KeepsThePlanThatIsThere) {
  const Music music(6);
  run(music);
  const int before = shards();
  config.shard_mb = 1000;
  std::filesystem::remove(config.store / "index.h5");
  EXPECT_EQ(run(music).shards_kept, before);
}

TEST_F(Prepare, RefusesAStoreOfOtherParametersNamingThem) {
  const Music music(3);
  run(music);
  features.n_fft = 512;
  audio.trim_db = 40;
  const auto message = message_of<InputError>([&] { run(music); });
  EXPECT_NE(message.find("features.n_fft is 256 there and 512 here; features.trim_db is 60.0 there and 40.0 here"),
            std::string::npos)
      << message;
}

TEST_F(Prepare, RefusesAStoreOfOtherTables) {
  Music music(3);
  run(music);
  music.catalog().class_ids = {"7"};
  EXPECT_NE(message_of<InputError>([&] { run(music); }).find("other tables"), std::string::npos);
}

TEST_F(Prepare, WithNoRoomIsASystemErrorThatNamesTheFolder) {
  const Music music(2);
  put(folder / "file", "");
  config.store = folder / "file" / "store";
  EXPECT_NE(message_of<SystemError>([&] { run(music); }).find("file/store"), std::string::npos);
}

// The last one: nothing lowers the flag again.
TEST_F(Prepare, ZStopsWhenToldToAndKeepsNothingHalfDone) {
  const Music music(6);
  StopFlag::raise();
  EXPECT_THROW(run(music), Stopped);
  EXPECT_FALSE(store::is_finished(config.store));
}

}  // namespace
}  // namespace foldwave::preparation
