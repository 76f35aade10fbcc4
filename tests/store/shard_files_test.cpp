#include "store/shard_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "../formats/temporary_folder.h"
#include "foldwave/core/errors.h"
#include "foldwave/store/store.h"

namespace foldwave::store {
namespace {

// Shard s is 100 bytes of the letter 'a' + s.
class ShardFilesTest : public testing::Test {
 protected:
  ShardFilesTest() {
    for (int shard = 0; shard < 20; ++shard) put(shard_path(folder.path(), shard), text_of(shard));
  }
  static std::string text_of(int shard) { return std::string(100, static_cast<char>('a' + shard)); }
  static std::string read(const ShardFiles& files, int shard) {
    std::string text(100, '?');
    files.read(shard, 0, std::as_writable_bytes(std::span(text)), "song", "mel");
    return text;
  }

  // Calls that count, pause without waiting, and fail as often as they are told.
  FileCalls calls() {
    const FileCalls real = system_calls();
    return {[this, real](const char* path) {
              if (failing_opens-- > 0) {
                errno = open_error;
                return -1;
              }
              if (std::filesystem::is_regular_file(path)) opened.emplace_back(std::filesystem::path(path).filename());
              return real.open(path);
            },
            [this, real](int file, void* to, size_t bytes, long offset) {
              if (failing_reads-- > 0) {
                errno = ESTALE;
                return -1L;
              }
              return real.pread(file, to, bytes, offset);
            },
            [this](std::chrono::milliseconds time) { paused += time; }};
  }

  TemporaryFolder folder;
  std::vector<std::string> opened;
  std::chrono::milliseconds paused{0};
  int failing_opens = 0, open_error = ENOENT, failing_reads = 0;
};

TEST_F(ShardFilesTest, OpensAShardOnceAndKeepsIt) {
  const ShardFiles files(folder.path(), 20, 4, calls());
  for (int repeat = 0; repeat < 3; ++repeat) EXPECT_EQ(read(files, 7), text_of(7));
  EXPECT_EQ(opened.size(), 1u);
}

TEST_F(ShardFilesTest, ClosesTheLeastRecentlyUsedAboveTheMost) {
  const ShardFiles files(folder.path(), 20, 3, calls());
  for (const int shard : {0, 1, 2, 0, 3, 0, 2}) EXPECT_EQ(read(files, shard), text_of(shard));
  EXPECT_EQ(files.open_now(), 3u);
  EXPECT_EQ(opened.size(), 4u);  // 1 made room for 3
  read(files, 1);
  EXPECT_EQ(opened.back(), "shard-00001.h5");
}

TEST_F(ShardFilesTest, FewAreOpenThoughManyThreadsReadThemAll) {
  const ShardFiles files(folder.path(), 20, 3);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 400; ++i) {
        const int shard = (i * (t + 1)) % 20;
        wrong += read(files, shard) == text_of(shard) ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(files.open_now(), 8u + 3u);
  read(files, 0);
  read(files, 1);
  EXPECT_LE(files.open_now(), 3u);
}

TEST_F(ShardFilesTest, AsksAgainForAFileThatIsNotThereYet) {
  for (const int error : {ENOENT, ESTALE}) {
    open_error = error;
    failing_opens = 5;
    const ShardFiles files(folder.path(), 20, 3, calls());
    EXPECT_EQ(read(files, 4), text_of(4));
  }
  EXPECT_GT(paused.count(), 0);
}

TEST_F(ShardFilesTest, BelievesAfterAboutTwoSecondsThatAFileIsNotThere) {
  std::filesystem::remove(shard_path(folder.path(), 4));
  const ShardFiles files(folder.path(), 20, 3, calls());
  const auto message = message_of<SystemError>([&] { read(files, 4); });
  EXPECT_NE(message.find("shard-00004.h5': No such file or directory"), std::string::npos) << message;
  EXPECT_NEAR(static_cast<double>(paused.count()), 2000, 100);
}

TEST_F(ShardFilesTest, BelievesOtherErrorsAtOnce) {
  failing_opens = 1;
  open_error = EACCES;
  const ShardFiles files(folder.path(), 20, 3, calls());
  EXPECT_NE(message_of<SystemError>([&] { read(files, 4); }).find("Permission denied"), std::string::npos);
  EXPECT_EQ(paused.count(), 0);
}

TEST_F(ShardFilesTest, OpensAStaleFileAnewOnceAndReadsOn) {
  const ShardFiles files(folder.path(), 20, 3, calls());
  read(files, 2);
  failing_reads = 1;
  EXPECT_EQ(read(files, 2), text_of(2));
  failing_reads = 2;
  const auto message = message_of<SystemError>([&] { read(files, 2); });
  EXPECT_NE(message.find("mel of track 'song'"), std::string::npos) << message;
  EXPECT_NE(message.find("Stale file handle"), std::string::npos) << message;
}

TEST_F(ShardFilesTest, LeavesNoFileOpenBehind) {
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{});
  };
  const auto before = open_files();
  {
    const ShardFiles files(folder.path(), 20, 5, calls());
    for (int shard = 0; shard < 20; ++shard) read(files, shard);
    failing_reads = 1;
    read(files, 19);
    EXPECT_LE(open_files(), before + 5);
  }
  EXPECT_EQ(open_files(), before);
}

TEST(ShardFilesLimit, IsAQuarterOfWhatTheProcessMayOpenAtMost) {
  EXPECT_GE(ShardFiles::usual_most_open(), 8u);
  EXPECT_LE(ShardFiles::usual_most_open(), 256u);
}

}  // namespace
}  // namespace foldwave::store
