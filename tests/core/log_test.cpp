#include "foldwave/core/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace foldwave {
namespace {

namespace fs = std::filesystem;

// The log is the process's: every test is a process of its own under ctest, and opens a file of its own.
class LogTest : public testing::Test {
 protected:
  LogTest() : folder_(fs::temp_directory_path() / ("foldwave-log-" + std::to_string(getpid()))) {}
  ~LogTest() override {
    Log::keep_from(LogLevel::info);
    fs::remove_all(folder_);
  }
  static std::string slurp(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // Without the times that lines begin with.
  static std::string without_times(const std::string& text) {
    std::istringstream lines(text);
    std::string result;
    constexpr size_t kTime = 25;  // "2026-11-26T20:57:26.123Z "
    for (std::string line; std::getline(lines, line);)
      result += (line.starts_with("20") ? line.substr(std::min(line.size(), kTime)) : line) + "\n";
    return result;
  }
  fs::path folder_;
};

TEST_F(LogTest, WritesEachLineAsItIsSaidBehindItsTitleAndWhatWasSaidBefore) {
  Log::say(LogLevel::warning, "early");
  Log::open(folder_ / "a" / "rank-0.log", "rank 0");
  Log::enter("train");
  Log::say(LogLevel::info, "one\n\ntwo");
  Log::say(LogLevel::debug, "too fine");
  Log::keep_from(LogLevel::debug);
  Log::say(LogLevel::debug, "fine");
  Log::say(LogLevel::outcome, "done");
  EXPECT_EQ(without_times(slurp(folder_ / "a" / "rank-0.log")),
            "rank 0\nwarning start    early\ninfo    train    one\ninfo    train    two\ndebug   train    fine\n"
            "info    train    done\n");
}

TEST_F(LogTest, GoesOnBehindWhatIsThereAndDoesWithoutAFileThatCannotBe) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "rank-1.log") << "before\n";
  Log::open(folder_ / "rank-1.log", "again");
  EXPECT_EQ(slurp(folder_ / "rank-1.log"), "before\nagain\n");
  Log::open(folder_ / "rank-1.log" / "no-folder.log", "never");
  Log::say(LogLevel::error, "nowhere");
  EXPECT_EQ(slurp(folder_ / "rank-1.log"), "before\nagain\n");
}

}  // namespace
}  // namespace foldwave
