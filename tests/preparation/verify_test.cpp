#include <gtest/gtest.h>

#include <fstream>

#include "foldwave/core/errors.h"
#include "foldwave/formats/hdf5.h"
#include "store_folder.h"

namespace foldwave::preparation {
namespace {

class Verify : public StoreFolder {
 protected:
  void flip_a_bit(const std::filesystem::path& path, uint64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const auto byte = static_cast<char>(file.get() ^ 4);
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(byte);
  }
  void damage(int s, const std::string& payload) {
    flip_a_bit(shard(s), formats::Hdf5File::open(shard(s)).byte_offset("/" + payload));
  }
  PrepareOutcome verify(const Music& music) {
    config.verify = true;
    return run(music);
  }
};

TEST_F(Verify, FindsNothingInASoundStoreAndLeavesIt) {
  const Music music(6);
  run(music);
  const std::string first = bytes_of(shard(0)), all = bytes_of(index());
  const auto outcome = verify(music);
  EXPECT_TRUE(outcome.verified);
  EXPECT_EQ(outcome.shards_made, 0);
  EXPECT_EQ(outcome.damaged_tracks, 0);
  EXPECT_TRUE(progress.notes.empty());
  EXPECT_EQ(bytes_of(shard(0)), first);
  EXPECT_EQ(bytes_of(index()), all);
}

TEST_F(Verify, NamesTheTrackOfAFlippedBitAndMakesItsShardAgain) {
  const Music music(6);
  run(music);
  for (const char* payload : {"waveform", "mel", "mfcc", "mfcc_summary"}) {
    const std::string before = bytes_of(shard(1)), all = bytes_of(index());
    damage(1, payload);
    const auto outcome = verify(music);
    EXPECT_EQ(outcome.damaged_tracks, 1) << payload;
    EXPECT_EQ(outcome.shards_made, 1) << payload;
    const int track = static_cast<int>(store::read_plan(config.store).first_row[1]);
    EXPECT_EQ(progress.notes_with(std::string(payload) + " of song '" + std::to_string(track) + "' ('" +
                                  music.file(track).string() + "') does not match its CRC32C"),
              1)
        << payload;
    EXPECT_EQ(bytes_of(shard(1)), before) << payload;
    EXPECT_EQ(bytes_of(index()), all) << payload;
  }
}

TEST_F(Verify, MakesShardsAgainThatAreCutShortMissingOrGarbage) {
  const Music music(8);
  run(music);
  ASSERT_GE(shards(), 4);
  std::vector<std::string> before;
  for (int s = 0; s < shards(); ++s) before.push_back(bytes_of(shard(s)));
  std::filesystem::resize_file(shard(0), before[0].size() / 2);
  put(shard(1), "garbage");
  std::filesystem::resize_file(shard(2), before[2].size() - 1);
  std::filesystem::remove(shard(3));
  EXPECT_EQ(verify(music).shards_made, 4);
  for (int s = 0; s < shards(); ++s) EXPECT_EQ(bytes_of(shard(s)), before[static_cast<size_t>(s)]) << s;
}

TEST_F(Verify, IsDoneOnceForANewStoreSoThatDamageBeforeTheIndexIsFound) {
  const Music music(6);
  run(music);
  const std::string before = bytes_of(shard(1));
  std::filesystem::remove(index());
  damage(1, "mel");
  const auto outcome = run(music);
  EXPECT_EQ(outcome.damaged_tracks, 1);
  EXPECT_EQ(outcome.shards_made, 1);
  EXPECT_EQ(bytes_of(shard(1)), before);
}

TEST_F(Verify, LosesNoTrackWhoseAudioIsNoLongerThere) {
  const Music music(6);
  run(music);
  damage(1, "mel");
  const int track = static_cast<int>(store::read_plan(config.store).first_row[1]);
  const std::string damaged = bytes_of(shard(1));
  std::filesystem::rename(music.file(track), folder / "elsewhere.wav");
  const std::string message = message_of<SystemError>([&] { verify(music); });
  EXPECT_NE(message.find("shard-00001.h5' is damaged and cannot be made again: '" + music.file(track).string()),
            std::string::npos)
      << message;
  EXPECT_EQ(bytes_of(shard(1)), damaged);
  EXPECT_FALSE(store::is_finished(config.store));
  std::filesystem::rename(folder / "elsewhere.wav", music.file(track));
  config.verify = false;
  EXPECT_EQ(run(music).damaged_tracks, 1);
}

TEST_F(Verify, LeavesTheVerdictsOfAFinishedStore) {
  const Music music(6);
  put(music.file(2), "");
  run(music);
  write_tone(music.file(2), 300, 0.7);
  EXPECT_EQ(verify(music).quarantine.size(), 1U);
}

}  // namespace
}  // namespace foldwave::preparation
