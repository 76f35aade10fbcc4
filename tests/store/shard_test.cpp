#include <gtest/gtest.h>

#include "../formats/temporary_folder.h"
#include "example_store.h"
#include "foldwave/core/errors.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::store {
namespace {

const StorePlan two_tracks = plan_of({0, 2});

TEST(Shard, HoldsTheArraysAndAttributesThatReadersRelyOn) {
  const TemporaryFolder folder;
  make_store(folder.path(), plan_of({0, 3}), 1);
  const auto file = formats::Hdf5File::open(shard_path(folder.path(), 0));
  EXPECT_EQ(file.text_attribute("/", "format"), "foldwave-features");
  EXPECT_EQ(file.number_attribute("/", "n_mels"), 8);
  EXPECT_EQ(file.text_attribute("/", "config_hash"), plan_of({0, 3}).config_hash());
  EXPECT_EQ(file.read_strings("/song_id"), (std::vector<std::string>{"song-0", "song-2"}));
  EXPECT_EQ(file.read_strings("/unusable_song_id"), (std::vector<std::string>{"song-1"}));
  EXPECT_EQ(file.read_strings("/unusable_reason"), (std::vector<std::string>{"no samples"}));
  EXPECT_EQ(file.read<int64_t>("/waveform_offset"), (std::vector<int64_t>{0, 2000, 4200}));
  EXPECT_EQ(file.shape("/mel").at(1), 8u);
  EXPECT_EQ(file.shape("/mfcc").at(1), 4u);
  EXPECT_EQ(file.shape("/mfcc_summary"), (std::vector<uint64_t>{2, 16}));
  EXPECT_EQ(file.shape("/crc32c"), (std::vector<uint64_t>{2, 5}));
  EXPECT_EQ(file.text_attributes("/mfcc_summary", "columns").size(), 16u);
  EXPECT_EQ(file.byte_offset("/waveform") % 4096, 0u);
}

TEST(Shard, EqualTracksGiveEqualBytes) {
  const TemporaryFolder a, b;
  make_store(a.path(), two_tracks);
  make_store(b.path(), two_tracks);
  for (const char* name : {"plan.json", "shard-00000.h5", "index.h5"})
    EXPECT_EQ(bytes_of(a / name), bytes_of(b / name)) << name;
}

TEST(Shard, IsNotPublishedWithOtherRowsThanThePlanned) {
  const TemporaryFolder folder;
  ShardWriter writer(two_tracks, small_config(), folder.path(), 0);
  writer.add(example_track(0));
  EXPECT_THROW(writer.publish(), SystemError);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Shard, RefusesFeaturesOfAnotherShape) {
  const TemporaryFolder folder;
  ShardWriter writer(two_tracks, small_config(), folder.path(), 0);
  auto track = example_track(0);
  track.features.mfcc_summary.pop_back();
  EXPECT_THROW(writer.add(track), SystemError);
}

TEST(Shard, RefusesSamplesThatAreNotFinite) {
  const TemporaryFolder folder;
  ShardWriter writer(two_tracks, small_config(), folder.path(), 0);
  auto track = example_track(0);
  track.waveform[5] = std::nanf("");
  EXPECT_NE(message_of<SystemError>([&] { writer.add(track); }).find("song-0"), std::string::npos);
}

TEST(Shard, NamesTheColumnsOfItsSummaries) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_tracks);
  const auto file = formats::Hdf5File::open(shard_path(folder.path(), 0));
  const auto names = features::summary_names(small_config());
  EXPECT_EQ(file.text_attributes("/mfcc_summary", "columns"), features::mfcc_summary_names(4));
  EXPECT_EQ(file.shape("/summary"), (std::vector<uint64_t>{2, names.size()}));
  EXPECT_EQ(file.has_attribute("/summary", "columns"), !names.empty());
  EXPECT_TRUE(names.empty() || file.text_attributes("/summary", "columns") == names);
}

TEST(Shard, IsWholeOnlyIfItIsThereUncutAndOfThePlan) {
  const TemporaryFolder folder;
  make_store(folder.path(), two_tracks);
  const auto path = shard_path(folder.path(), 0);
  EXPECT_TRUE(shard_is_whole(folder.path(), two_tracks, 0));
  EXPECT_FALSE(shard_is_whole(folder.path(), plan_of({0, 3}), 0));
  EXPECT_FALSE(shard_is_whole(folder.path(), {two_tracks.feature_json, "beef", {0, 2}}, 0));
  EXPECT_FALSE(shard_is_whole(folder.path(), {R"({"n_fft":1})", "cafe", {0, 2}}, 0));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_FALSE(shard_is_whole(folder.path(), two_tracks, 0));
  put(path, "");
  EXPECT_FALSE(shard_is_whole(folder.path(), two_tracks, 0));
  std::filesystem::remove(path);
  EXPECT_FALSE(shard_is_whole(folder.path(), two_tracks, 0));
}

TEST(Shard, MayHoldNothingButUnusableFiles) {
  const TemporaryFolder folder;
  make_store(folder.path(), plan_of({0, 1}), 0);
  const auto unusable = shard_unusable(folder.path(), plan_of({0, 1}), 0).value();
  ASSERT_EQ(unusable.size(), 1u);
  EXPECT_EQ(unusable.at("song-0").reason, "no samples");
  EXPECT_EQ(unusable.at("song-0").stamp, "0 bytes");
  EXPECT_EQ(FeatureStore(folder.path()).tracks(), 0);
}

}  // namespace
}  // namespace foldwave::store
