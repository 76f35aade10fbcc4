#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <functional>
#include <utility>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"
#include "store_folder.h"

namespace foldwave::preparation {
namespace {

using Prepare = StoreFolder;

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
  EXPECT_TRUE(outcome.verified);
  EXPECT_EQ(outcome.damaged_tracks, 0);
  EXPECT_TRUE(store::index_is_verified(config.store));
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

TEST_F(Prepare, KeepsTracksThatAreShorterThanAWindowOrSilent) {
  const Music music(4);
  write_wav(music.file(0), {0.5F});
  write_wav(music.file(1), std::vector<float>(100, 0.25F));
  write_wav(music.file(2), std::vector<float>(4000, 0));
  EXPECT_TRUE(run(music).quarantine.empty());
  const store::FeatureStore store(config.store);
  ASSERT_EQ(store.tracks(), 4);
  EXPECT_EQ(store.samples(0), 1);
  EXPECT_EQ(store.frames(0), 1);
  EXPECT_EQ(store.frames(1), 1);
  EXPECT_EQ(store.trim_end(2) - store.trim_begin(2), 4000);
  std::vector<float> mel(8);
  for (int track = 0; track < 4; ++track) {
    store.read_mel_db(track, 0, mel);
    for (const float db : mel) EXPECT_TRUE(std::isfinite(db)) << track;
  }
}

TEST_F(Prepare, TellsHowMuchAudioWasDone) {
  const Music music(4);
  put(music.file(3), "");
  const double audio_s = run(music).audio_s;
  EXPECT_NEAR(progress.last.audio_s, audio_s, 1e-6);
  EXPECT_EQ(progress.last.detail, "1 unusable");
}

TEST_F(Prepare, FailsWithTheFirstReasonWhereTooManyAreUnusable) {
  const Music music(6);
  put(music.file(2), "");
  config.max_bad = 0.1;
  config.quarantine = folder / "quarantine.csv";
  const auto message = message_of<SystemError>([&] { run(music); });
  EXPECT_NE(message.find("1 of 6 audio files cannot be used, a share of 0.1667 where features.max_bad allows 0.1"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("tone2.wav' of song '2': "), std::string::npos) << message;
  EXPECT_NE(bytes_of(config.quarantine).find("2,tone2.wav,"), std::string::npos);
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

TEST_F(Prepare, LetsAVerdictStandAsLongAsTheFileIsTheSame) {
  const Music music(6);
  put(music.file(2), "");
  config.max_bad = 0.1;
  EXPECT_THROW(run(music), SystemError);
  const auto written = std::filesystem::last_write_time(shard(shard_of(2)));
  EXPECT_THROW(run(music), SystemError);
  config.max_bad = 0.5;
  EXPECT_EQ(run(music).quarantine.size(), 1U);
  EXPECT_EQ(std::filesystem::last_write_time(shard(shard_of(2))), written);
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

TEST_F(Prepare, ReadsNothingOfAFinishedStoreButPlanAndIndex) {
  const Music music(6);
  const auto made = run(music);
  for (int s = 0; s < shards(); ++s) put(shard(s), "garbage");
  const auto again = run(music);
  EXPECT_EQ(again.shards_kept, made.shards_made);
  EXPECT_EQ(again.audio_s, made.audio_s);
  EXPECT_FALSE(again.verified);
}

TEST_F(Prepare, MakesALostShardOfAFinishedStoreAgain) {
  const Music music(6);
  run(music);
  const std::string bytes = bytes_of(shard(1));
  std::filesystem::remove(shard(1));
  EXPECT_EQ(run(music).shards_made, 1);
  EXPECT_EQ(bytes_of(shard(1)), bytes);
  EXPECT_EQ(progress.notes_with("shard-00001.h5' is missing"), 1);
}

// Its maker was killed in its very last step: no shard is missing, and another launch may have finished the store
// since.
TEST_F(Prepare, SweepsUpAHalfWrittenIndexWhereNothingElseIsMissing) {
  const Music music(6);
  run(music);
  for (const bool finished : {false, true}) {
    if (!finished) std::filesystem::remove(index());
    const pid_t maker = fork();
    if (maker == 0) {
      const PendingFile pending(index());
      put(pending.temporary(), "half");
      _exit(0);
    }
    waitpid(maker, nullptr, 0);
    ASSERT_EQ(half_written(), 1);
    EXPECT_EQ(run(music).shards_made, 0);
    EXPECT_EQ(half_written(), 0);
    EXPECT_TRUE(store::is_finished(config.store));
  }
}

TEST_F(Prepare, MakesADamagedIndexAnew) {
  const Music music(6);
  run(music);
  const std::string bytes = bytes_of(index());
  for (const std::string& damage : {std::string("garbage"), bytes.substr(0, bytes.size() / 2), std::string()}) {
    put(index(), damage);
    EXPECT_EQ(run(music).shards_made, 0);
    EXPECT_EQ(bytes_of(index()), bytes);
  }
}

TEST_F(Prepare, SaysWhatToDoAboutADamagedPlan) {
  const Music music(3);
  run(music);
  put(config.store / "plan.json", "{");
  const auto message = message_of<InputError>([&] { run(music); });
  EXPECT_NE(message.find("plan.json: not JSON"), std::string::npos) << message;
  EXPECT_NE(message.find("remove it"), std::string::npos) << message;
  std::filesystem::remove(config.store / "plan.json");
  EXPECT_EQ(run(music).shards_made, 0);
}

TEST_F(Prepare, KeepsThePlanThatIsThere) {
  const Music music(6);
  run(music);
  const int before = shards();
  config.shard_mb = 1000;
  std::filesystem::remove(config.store / "index.h5");
  EXPECT_EQ(run(music).shards_kept, before);
}

// Does something else when the first track is done.
class Meanwhile final : public ProgressSink {
 public:
  explicit Meanwhile(std::function<void()> action) : action_(std::move(action)) {}
  void update(const Progress& progress) override {
    if (progress.stage == "prepare" && progress.done > 0 && action_) std::exchange(action_, nullptr)();
  }
  void say(LogLevel, const std::string&) override {}

 private:
  std::function<void()> action_;
};

TEST_F(Prepare, LeavesTheShardsThatAnotherRunPublishesMeanwhile) {
  const Music music(6);
  const std::filesystem::path other = folder / "other";
  put(music.file(5), "");
  run(music);
  std::filesystem::rename(config.store, other);
  write_tone(music.file(5), 300, 0.7);
  std::filesystem::create_directories(config.store);
  std::filesystem::copy_file(other / "plan.json", config.store / "plan.json");
  Meanwhile finish_by_another([&] {
    std::filesystem::copy(other, config.store,
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::skip_existing);
  });
  const auto outcome = prepare(music.catalog(), audio, features, config, world(), finish_by_another);
  EXPECT_EQ(outcome.shards_made, 0);
  EXPECT_EQ(outcome.quarantine.count(5), 1U);
  for (int s = 0; s < shards(); ++s) EXPECT_EQ(bytes_of(shard(s)), bytes_of(store::shard_path(other, s)));
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

}  // namespace
}  // namespace foldwave::preparation
