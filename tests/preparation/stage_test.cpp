#include "foldwave/preparation/stage.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "foldwave/core/files.h"
#include "store_folder.h"

namespace foldwave::preparation {
namespace {

namespace fs = std::filesystem;

class Stage : public StoreFolder {
 protected:
  void SetUp() override {
    run(music);
    ASSERT_GE(shards(), 3);
    fs::create_directories(scratch);
  }
  std::unique_ptr<StagedStore> stage(const std::string& where) {
    return std::make_unique<StagedStore>(config.store, where, world());
  }
  void expect_same_files(const fs::path& copy) const {
    for (const fs::path& name : store::file_names(config.store))
      EXPECT_TRUE(read_file(config.store / name) == read_file(copy / name)) << name;
  }

  const Music music = Music(6);
  const fs::path scratch = folder / "scratch";
};

TEST_F(Stage, IsTheStoreItselfWhereNoneIsAskedFor) {
  const auto none = stage("");
  EXPECT_EQ(none->directory(), config.store);
  EXPECT_EQ(none->outcome(), "");
}

TEST_F(Stage, CopiesTheStoreAndTakesTheCopyAwayInTheEnd) {
  fs::path copy;
  {
    const auto staged = stage(scratch.string());
    copy = staged->directory();
    EXPECT_EQ(copy.parent_path(), scratch) << staged->outcome();
    EXPECT_NE(staged->outcome().find("of store are read from '" + copy.string() + "'"), std::string::npos);
    expect_same_files(copy);
    EXPECT_EQ(store::FeatureStore(copy).tracks(), store::FeatureStore(config.store).tracks());
  }
  EXPECT_FALSE(fs::exists(copy));
}

TEST_F(Stage, KeepsACopyThatAnotherLaunchUses) {
  auto first = stage(scratch.string());
  const auto made = fs::last_write_time(store::shard_path(first->directory(), 1));
  auto second = stage(scratch.string());
  EXPECT_EQ(second->directory(), first->directory());
  EXPECT_EQ(fs::last_write_time(store::shard_path(second->directory(), 1)), made) << "copied once";
  first.reset();
  expect_same_files(second->directory());
}

TEST_F(Stage, MendsACopyThatIsCutShortOrFlipped) {
  const auto first = stage(scratch.string());
  const fs::path copy = first->directory();
  fs::resize_file(store::shard_path(copy, 0), 10);
  std::string flipped = read_file(store::shard_path(copy, 1));
  flipped[flipped.size() - 100] = static_cast<char>(flipped[flipped.size() - 100] ^ 1);
  put(store::shard_path(copy, 1), flipped);
  fs::remove(store::shard_path(copy, 2));
  put(copy / "index.h5", "garbage");
  const auto second = stage(scratch.string());
  EXPECT_EQ(second->directory(), copy) << second->outcome();
  expect_same_files(copy);
}

TEST_F(Stage, ReadsTheStoreItselfWhereItsShardsAreDamaged) {
  std::string flipped = read_file(shard(1));
  flipped[flipped.size() - 100] = static_cast<char>(flipped[flipped.size() - 100] ^ 1);
  put(shard(1), flipped);
  const auto staged = stage(scratch.string());
  EXPECT_EQ(staged->directory(), config.store);
  EXPECT_NE(staged->outcome().find("'" + shard(1).string() + "' itself does not match its checksums"),
            std::string::npos)
      << staged->outcome();
  EXPECT_TRUE(fs::is_empty(scratch));
}

TEST_F(Stage, TakesAVariablesFolderAndSaysWhyItCannot) {
  setenv("FOLDWAVE_TEST_SCRATCH", scratch.c_str(), 1);
  for (const char* where : {"$FOLDWAVE_TEST_SCRATCH", "${FOLDWAVE_TEST_SCRATCH}", "${FOLDWAVE_TEST_SCRATCH}/."})
    EXPECT_TRUE(fs::equivalent(stage(where)->directory().parent_path(), scratch)) << where;
  unsetenv("FOLDWAVE_TEST_SCRATCH");
  const std::pair<std::string, std::string> refusals[] = {
      {"$FOLDWAVE_TEST_SCRATCH", "the variable FOLDWAVE_TEST_SCRATCH is not set"},
      {"${FOLDWAVE_TEST_SCRATCH}/below", "the variable FOLDWAVE_TEST_SCRATCH is not set"},
      {scratch / "none", "there is no folder '" + (scratch / "none").string() + "'"},
      {"/proc", "'/proc' has 0 GB free, and "}};
  for (const auto& [where, why] : refusals) {
    const auto staged = stage(where);
    EXPECT_EQ(staged->directory(), config.store) << where;
    EXPECT_NE(staged->outcome().find("the store is read where it is: " + why), std::string::npos) << staged->outcome();
  }
}

TEST_F(Stage, WritesThroughNoLinkThatSomebodyPutThere) {
  const fs::path copy = stage(scratch.string())->directory(), elsewhere = folder / "elsewhere";
  fs::create_directories(elsewhere);
  fs::create_directory_symlink(elsewhere, copy);
  const auto staged = stage(scratch.string());
  EXPECT_EQ(staged->directory(), config.store);
  EXPECT_NE(staged->outcome().find("is not a folder of this user's"), std::string::npos) << staged->outcome();
  EXPECT_TRUE(fs::is_empty(elsewhere));
}

}  // namespace
}  // namespace foldwave::preparation
