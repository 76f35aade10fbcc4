// Run under mpirun with 1 to 4 ranks: every rank runs every test.
#include <gtest/gtest.h>

#include "../preparation/music.h"
#include "foldwave/comm/world.h"
#include "foldwave/core/errors.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/store/store.h"

namespace foldwave::preparation {
namespace {

const comm::World* world = nullptr;

// Music and stores in a folder of rank 0's, which all ranks see.
class Ranks : public testing::Test {
 protected:
  Ranks() {
    audio.sample_rate = features.sample_rate = 8000;
    features.n_fft = 256;
    features.hop_length = 128;
    features.n_mels = 8;
    features.n_mfcc = 4;
    std::string root = folder.path().string();
    world->all().broadcast(root);
    catalog.root = root;
    catalog.class_ids = {"0"};
    for (int i = 0; i < 24; ++i) {
      const std::string name = "tone" + std::to_string(i) + ".wav";
      if (world->rank() == 0) write_tone(catalog.root / name, 200 + 50 * i, 0.3 + 0.05 * i);
      catalog.tracks.push_back({std::to_string(i), name});
      catalog.train.push_back(i);
      catalog.label.push_back(0);
    }
    wait_for_all();
  }
  ~Ranks() override { wait_for_all(); }
  static void wait_for_all() {
    comm::begin_together(world->all());
    world->all().gather("");
  }
  PrepareOutcome prepare_on(const comm::Group& group, const std::string& store) {
    PrepareConfig config;
    config.store = catalog.root / store;
    config.max_bad = 0.2;
    SilentProgress silent;
    return prepare(catalog, audio, features, config, group, silent);
  }
  // On rank 0, where all ranks wait for it.
  template <class Action>
  void on_rank_0(const Action& action) {
    comm::on_rank_0(world->all(), [&] {
      action();
      return std::string();
    });
  }

  TemporaryFolder folder;
  catalog::Catalog catalog;
  audio::AudioConfig audio;
  features::FeatureConfig features;
};

TEST_F(Ranks, MakeTheSameTracksBitForBitAsOneRankAlone) {
  if (world->rank() == 0) prepare_on(world->group({0}, 7), "alone");
  const auto outcome = prepare_on(world->all(), "together");
  EXPECT_TRUE(outcome.verified);
  EXPECT_EQ(outcome.shards_made, store::read_plan(catalog.root / "together").shards());
  on_rank_0([&] {
    const store::FeatureStore alone(catalog.root / "alone"), together(catalog.root / "together");
    ASSERT_EQ(together.tracks(), 24);
    for (int track = 0; track < 24; ++track) {
      ASSERT_EQ(alone.samples(track), together.samples(track));
      ASSERT_EQ(alone.frames(track), together.frames(track));
      std::vector<float> a(static_cast<size_t>(alone.samples(track))), b(a.size());
      alone.read_waveform(track, 0, a);
      together.read_waveform(track, 0, b);
      EXPECT_EQ(a, b) << track;
      a.resize(static_cast<size_t>(alone.frames(track)) * 8);
      b.resize(a.size());
      alone.read_mel_db(track, 0, a);
      together.read_mel_db(track, 0, b);
      EXPECT_EQ(a, b) << track;
    }
  });
}

TEST_F(Ranks, AgreeOnWhatCouldNotBeUsed) {
  on_rank_0([&] { put(catalog.file_of(5), "a poem"); });
  const auto outcome = prepare_on(world->all(), "store");
  ASSERT_EQ(outcome.quarantine.size(), 1U);
  EXPECT_EQ(outcome.quarantine.count(5), 1U);
  EXPECT_EQ(prepare_on(world->all(), "store").quarantine, outcome.quarantine);
}

TEST_F(Ranks, FailTogetherWhereTooManyAreUnusable) {
  on_rank_0([&] {
    for (int track = 0; track < 12; ++track) std::filesystem::remove(catalog.file_of(track));
  });
  EXPECT_THROW(prepare_on(world->all(), "store"), SystemError);
}

}  // namespace
}  // namespace foldwave::preparation

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const foldwave::comm::World world(argc, argv);
  foldwave::preparation::world = &world;
  if (world.rank() != 0)
    delete testing::UnitTest::GetInstance()->listeners().Release(
        testing::UnitTest::GetInstance()->listeners().default_result_printer());
  int failed = RUN_ALL_TESTS();
  return world.agree_on_exit({failed, "", 0}, 30)->code;
}
