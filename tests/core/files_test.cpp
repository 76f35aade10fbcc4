#include "foldwave/core/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>

#include "foldwave/core/descriptor.h"
#include "foldwave/core/errors.h"

namespace foldwave {
namespace {

class Files : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("foldwave-files-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  size_t entries() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(directory_), std::filesystem::directory_iterator{}));
  }

  std::filesystem::path directory_;
};

TEST_F(Files, PublishReplacesWholeFilesAndLeavesNothingElse) {
  publish(directory_ / "a", "one");
  publish(directory_ / "a", std::string("t\0wo", 4));
  EXPECT_EQ(read_file(directory_ / "a"), std::string("t\0wo", 4));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, AnUncommittedFileIsRemoved) {
  {
    PendingFile pending(directory_ / "b");
    std::ofstream(pending.temporary()) << "half";
  }
  EXPECT_EQ(entries(), 0U);
}

TEST_F(Files, AbandonedTemporariesAreRemovedAndNothingElse) {
  publish(directory_ / "kept", "x");
  const auto old = directory_ / "kept.writing-elsewhere-17", fresh = directory_ / "kept.writing-elsewhere-18";
  std::ofstream(old) << "half";
  std::ofstream(fresh) << "half";
  std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  const pid_t child = fork();
  if (child == 0) {
    const PendingFile pending(directory_ / "kept");
    std::ofstream(pending.temporary()) << "half";
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(entries(), 4U);
  remove_abandoned(directory_);
  EXPECT_EQ(entries(), 2U);
  EXPECT_TRUE(std::filesystem::exists(directory_ / "kept"));
  EXPECT_TRUE(std::filesystem::exists(fresh));  // its writer may be at work on another node
}

TEST_F(Files, OfTwoThatPublishNewTheFirstOneStays) {
  EXPECT_TRUE(publish_new(directory_ / "a", "one"));
  EXPECT_FALSE(publish_new(directory_ / "a", "two"));
  EXPECT_EQ(read_file(directory_ / "a"), "one");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, OfManyProcessesThatPublishNewAtOnceOneWins) {
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(publish_new(directory_ / "a", std::to_string(i)) ? 100 + i : 0);
    children.push_back(child);
  }
  std::vector<int> winners;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    if (WEXITSTATUS(status) != 0) winners.push_back(WEXITSTATUS(status) - 100);
  }
  ASSERT_EQ(winners.size(), 1U);
  EXPECT_EQ(read_file(directory_ / "a"), std::to_string(winners[0]));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, WhatTheGroupMayReadItCanReadWhateverTheUmask) {
  const mode_t before = umask(0077);
  make_directories(directory_ / "x" / "y", Readers::group);
  publish(directory_ / "x" / "y" / "shared", "", Readers::group);
  publish_new(directory_ / "x" / "y" / "new", "", Readers::group);
  publish(directory_ / "private", "");
  umask(before);
  const auto mode = [&](const char* name) {
    return static_cast<unsigned>(std::filesystem::status(directory_ / name).permissions());
  };
  EXPECT_EQ(mode("x"), 0750U);
  EXPECT_EQ(mode("x/y"), 0750U);
  EXPECT_EQ(mode("x/y/shared"), 0640U);
  EXPECT_EQ(mode("x/y/new"), 0640U);
  EXPECT_EQ(mode("private"), 0600U);
}

TEST_F(Files, TheUmaskMayLetMoreReadThanTheGroup) {
  const mode_t before = umask(0022);
  publish(directory_ / "shared", "", Readers::group);
  umask(before);
  EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(directory_ / "shared").permissions()), 0644U);
}

TEST_F(Files, AnUnnamedFileHoldsWhatIsWrittenAndLeavesNoTrace) {
  Descriptor file = Descriptor::unnamed(directory_);
  file.write(std::as_bytes(std::span("one")));
  std::array<char, 2> part{};
  file.read_at(1, std::as_writable_bytes(std::span(part)));
  EXPECT_EQ(part, (std::array<char, 2>{'n', 'e'}));
  EXPECT_EQ(entries(), 0U);
}

TEST_F(Files, CopiesBytesOfOneFileIntoTheMiddleOfAnother) {
  const std::string bytes(300'000, 'x');
  Descriptor from = Descriptor::unnamed(directory_);
  from.write(std::as_bytes(std::span(bytes)));
  Descriptor to(directory_ / "to", O_RDWR | O_CREAT);
  to.write(std::as_bytes(std::span(std::string_view("begin"))));
  to.copy_from(from, 5, 299'999);
  to.close();
  EXPECT_EQ(read_file(directory_ / "to"), "begin" + bytes.substr(1));
}

TEST_F(Files, ErrorsNameTheFileAndTheCause) {
  try {
    publish(directory_ / "missing" / "c", "x");
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_NE(std::string(error.what()).find("missing/c"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("No such file or directory"), std::string::npos);
  }
}

TEST_F(Files, AFullDiskIsAnErrorAndTheOldFileStays) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  publish(directory_ / "d", "old");
  std::filesystem::create_symlink("/dev/full", directory_ / "full");
  // A temporary that leads to a full device: the write itself must fail.
  PendingFile probe(directory_ / "d");
  std::filesystem::create_symlink("/dev/full", probe.temporary());
  EXPECT_THROW(publish(directory_ / "d", "new"), SystemError);
  EXPECT_EQ(read_file(directory_ / "d"), "old");
}

TEST(Fingerprint, IsFnv1a) {
  EXPECT_EQ(hash64(""), 0xcbf29ce484222325U);       // the offset basis
  EXPECT_EQ(fingerprint("a"), "af63dc4c8601ec8c");  // published test value
}

TEST(Fingerprint, OfATextInPartsIsThatOfTheWhole) {
  EXPECT_EQ(hash64("wave", hash64("fold")), hash64("foldwave"));
  EXPECT_EQ(fingerprint(hash64("foldwave")), fingerprint("foldwave"));
}

}  // namespace
}  // namespace foldwave
