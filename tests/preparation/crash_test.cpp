#include "foldwave/core/crash.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "store_folder.h"

namespace foldwave::preparation {
namespace {

class CrashedFile : public StoreFolder {
 protected:
  // What a rank leaves that crashes while it reads this track's file.
  void crash(const Music& music, int track) {
    make_directories(config.store);
    const pid_t child = fork();
    if (child == 0) {
      note_crashes(config.store);
      const CrashSubject subject(music.file(track).native());
      std::raise(SIGSEGV);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
};

TEST_F(CrashedFile, IsTriedOnceMore) {
  const Music music(6);
  crash(music, 2);
  EXPECT_TRUE(run(music).quarantine.empty());
  EXPECT_EQ(progress.notes_with("tone2.wav' of song '2' crashed its reader (SIGSEGV) in an earlier launch"), 1);
  EXPECT_TRUE(read_crash_notes(config.store).empty());
}

TEST_F(CrashedFile, IsSetAsideAfterTheSecondTime) {
  const Music music(6);
  crash(music, 2);
  crash(music, 2);
  const auto outcome = run(music);
  ASSERT_EQ(outcome.quarantine.size(), 1U);
  EXPECT_EQ(outcome.quarantine.at(2), "crashes its reader (SIGSEGV), twice");
  EXPECT_EQ(store::FeatureStore(config.store).tracks(), 5);
  EXPECT_TRUE(read_crash_notes(config.store).empty());
  EXPECT_EQ(run(music).quarantine, outcome.quarantine);
}

TEST_F(CrashedFile, IsAnotherFileWhenItWasReplaced) {
  const Music music(6);
  crash(music, 2);
  crash(music, 2);
  write_tone(music.file(2), 300, 0.7);
  EXPECT_TRUE(run(music).quarantine.empty());
}

TEST_F(CrashedFile, KeepsItsNotesWhereTheRunDoesNotFinish) {
  const Music music(6);
  crash(music, 2);
  crash(music, 2);
  config.max_bad = 0.1;
  EXPECT_THROW(run(music), SystemError);
  EXPECT_EQ(read_crash_notes(config.store).size(), 2U);
}

TEST_F(CrashedFile, IsTriedAfterAllOthers) {
  const Music music(12);
  crash(music, 0);
  run(music);
  ASSERT_GT(shards(), 2);
  for (int s = 1; s < shards(); ++s)
    EXPECT_LE(std::filesystem::last_write_time(shard(s)), std::filesystem::last_write_time(shard(0)));
}

TEST_F(CrashedFile, OfAnotherCatalogueIsNobodysFault) {
  const Music music(3), other(3);
  crash(other, 1);
  crash(other, 1);
  EXPECT_TRUE(run(music).quarantine.empty());
}

}  // namespace
}  // namespace foldwave::preparation
