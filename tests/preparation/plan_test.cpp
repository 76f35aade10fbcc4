#include <gtest/gtest.h>

#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"
#include "music.h"
#include "one_rank.h"

namespace foldwave::preparation {
namespace {

struct Planning : OneRank {
  std::vector<int64_t> plan_with(const Music& music, double shard_mb) {
    const TemporaryFolder folder;
    audio::AudioConfig audio;
    features::FeatureConfig features;
    audio.sample_rate = features.sample_rate = 8000;
    SilentProgress silent;
    PrepareConfig config;
    config.store = folder / "store";
    config.shard_mb = shard_mb;
    prepare(music.catalog(), audio, features, config, world(), silent);
    return store::read_plan(config.store).first_row;
  }
};

TEST_F(Planning, GivesARankSeveralShardsThatHoldEveryTrackOnce) {
  const Music music(20);
  const auto first_row = plan_with(music, 256);
  EXPECT_GE(first_row.size(), 5u);
  EXPECT_EQ(first_row.front(), 0);
  EXPECT_EQ(first_row.back(), 20);
}

TEST_F(Planning, MakesMoreShardsWhereTheyWouldBeTooLarge) {
  const Music music(20);
  EXPECT_EQ(plan_with(music, 0.001).size(), 21u);
}

}  // namespace
}  // namespace foldwave::preparation
