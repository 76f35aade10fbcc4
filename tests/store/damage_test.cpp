#include <gtest/gtest.h>

#include <fstream>

#include "../formats/temporary_folder.h"
#include "example_store.h"
#include "foldwave/core/errors.h"
#include "foldwave/formats/hdf5.h"
#include "store/layout.h"
#include "store/published_shard.h"

namespace foldwave::store {
namespace {

const StorePlan plan = plan_of({0, 2, 5});

// A store of two shards; song-3, in the second one, is unusable.
class StoreDamage : public testing::Test {
 protected:
  StoreDamage() { make_store(folder.path(), plan, 3); }

  void flip_bit(const std::filesystem::path& path, uint64_t byte) const {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(byte));
    const int value = file.get();
    file.seekp(static_cast<std::streamoff>(byte));
    file.put(static_cast<char>(value ^ 4));
  }

  TemporaryFolder folder;
  std::filesystem::path shard = shard_path(folder.path(), 1);
};

TEST_F(StoreDamage, ThereIsNoneInAStoreAsItWasWritten) {
  EXPECT_TRUE(damaged_tracks(folder.path(), plan, 0).empty());
  EXPECT_TRUE(damaged_tracks(folder.path(), plan, 1).empty());
}

TEST_F(StoreDamage, AFlippedBitOfAPayloadNamesTheTrackAndThePayloadWithoutAnIndex) {
  withdraw_index(folder.path());
  const PublishedShard published = read_shard(shard);
  for (size_t track = 0; track < published.tables.tracks(); ++track) {
    for (size_t p = 0; p < payloads; ++p) {
      const Extent extent = published.extent(track, static_cast<Payload>(p));
      if (extent.bytes == 0) continue;  // no rich summary
      for (const uint64_t byte : {extent.offset, extent.offset + extent.bytes - 1}) {
        flip_bit(shard, byte);
        const auto damaged = damaged_tracks(folder.path(), plan, 1);
        ASSERT_EQ(damaged.size(), 1u) << payload_names[p];
        EXPECT_EQ(damaged[0].song_id, track == 0 ? "song-2" : "song-4");
        EXPECT_EQ(damaged[0].payload, payload_names[p]);
        EXPECT_TRUE(shard_is_whole(folder.path(), plan, 1));
        flip_bit(shard, byte);
      }
    }
  }
}

TEST_F(StoreDamage, AFlippedBitOfATableMakesTheShardOneThatIsNotWhole) {
  const ShardTables tables = read_shard(shard).tables;
  for_each_table(tables, [&](const std::string& name, const auto& values, size_t) {
    ASSERT_FALSE(values.empty());
    flip_bit(shard, formats::Hdf5File::open(shard).byte_offset(name));
    EXPECT_FALSE(shard_is_whole(folder.path(), plan, 1)) << name;
    const auto message = message_of<InputError>([&] { damaged_tracks(folder.path(), plan, 1); });
    EXPECT_NE(message.find("shard-00001.h5"), std::string::npos) << name << ": " << message;
    EXPECT_THROW(publish_index(folder.path(), plan), Error) << name;
    flip_bit(shard, formats::Hdf5File::open(shard).byte_offset(name));
  });
  EXPECT_TRUE(shard_is_whole(folder.path(), plan, 1));
}

TEST_F(StoreDamage, NoFlippedBitOfAShardGoesUnnoticed) {
  const auto size = std::filesystem::file_size(shard);
  for (uint64_t byte = 0; byte < size; byte += 31) {
    flip_bit(shard, byte);
    EXPECT_TRUE(!shard_is_whole(folder.path(), plan, 1) || !damaged_tracks(folder.path(), plan, 1).empty()) << byte;
    flip_bit(shard, byte);
  }
}

TEST_F(StoreDamage, NoFlippedBitOfAnIndexGoesUnnoticed) {
  const auto index = index_path(folder.path());
  const auto size = std::filesystem::file_size(index);
  for (uint64_t byte = 0; byte < size; byte += 13) {
    flip_bit(index, byte);
    EXPECT_FALSE(index_is_whole(folder.path())) << byte;
    flip_bit(index, byte);
  }
}

TEST_F(StoreDamage, ADamagedIndexIsRefusedByNameAndMadeAgainFromTheShards) {
  const auto index = index_path(folder.path());
  const std::string bytes = bytes_of(index);
  flip_bit(index, formats::Hdf5File::open(index).byte_offset("/payload_offset"));
  const auto message = message_of<InputError>([&] { FeatureStore(folder.path()); });
  EXPECT_NE(message.find("index.h5: damaged"), std::string::npos) << message;
  EXPECT_FALSE(index_is_verified(folder.path()));
  publish_index(folder.path(), plan);
  EXPECT_EQ(bytes_of(index), bytes);
}

TEST_F(StoreDamage, AShardThatIsCutShortOrNotThereIsAnError) {
  std::filesystem::resize_file(shard, std::filesystem::file_size(shard) - 1);
  EXPECT_NE(message_of<InputError>([&] { damaged_tracks(folder.path(), plan, 1); }).find("shard-00001.h5: damaged"),
            std::string::npos);
  std::filesystem::remove(shard);
  EXPECT_NE(message_of<InputError>([&] { damaged_tracks(folder.path(), plan, 1); }).find("no such file"),
            std::string::npos);
}

TEST_F(StoreDamage, AShardOfAnotherPlanIsNotCheckedAgainstThisOne) {
  EXPECT_THROW(damaged_tracks(folder.path(), plan_of({0, 2, 6}), 1), InputError);
}

TEST_F(StoreDamage, TheIndexRecordsThatPayloadsWereVerified) {
  EXPECT_FALSE(index_is_verified(folder.path()));
  publish_index(folder.path(), plan, true);
  EXPECT_TRUE(index_is_verified(folder.path()));
  withdraw_index(folder.path());
  EXPECT_FALSE(index_is_verified(folder.path()));
}

}  // namespace
}  // namespace foldwave::store
