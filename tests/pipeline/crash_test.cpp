#include "foldwave/core/crash.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "foldwave/store/store.h"
#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class BadFile : public Program {
 protected:
  // `foldwave prepare` on two ranks, whose libsndfile is meddled with when it comes to the third file of train.csv.
  static std::vector<std::string> meddled_prepare(const fs::path& run, const std::string& how,
                                                  const std::vector<std::string>& more = {}) {
    auto arguments = run_arguments(run, more);
    arguments[0] = "prepare";
    auto words = under_mpirun(2, arguments);
    words.insert(words.begin() + 1, {"-x", "LD_PRELOAD=" FOLDWAVE_MEDDLE, "-x", "FOLDWAVE_MEDDLE_FILE=" + bad_file(),
                                     "-x", "FOLDWAVE_MEDDLE_HOW=" + how});
    return words;
  }
  static std::string bad_file() {
    std::ifstream table(root_ / "data" / "train.csv");
    std::string line, path;
    for (int i = 0; i < 4; ++i) std::getline(table, line);
    std::istringstream fields(line);
    for (int i = 0; i < 3; ++i) std::getline(fields, path, ',');
    return fs::path(path).filename();
  }
  static bool is_reading_bad_file(const fs::path& run) {
    std::error_code error;
    for (const pid_t process : processes_of(run)) {
      for (const auto& entry : fs::directory_iterator(fs::path("/proc") / std::to_string(process) / "fd", error))
        if (fs::read_symlink(entry.path(), error).filename() == bad_file()) return true;
    }
    return false;
  }
  static std::string notes(const fs::path& run) {
    std::string text;
    for (const CrashNote& note : read_crash_notes(run / "features"))
      text += note.signal + " " + fs::path(note.subject).filename().string() + "\n";
    return text;
  }
};

TEST_F(BadFile, ThatCrashesItsRankIsTriedOnceMoreAndThenSetAsideByName) {
  for (const auto& [how, signal] : {std::pair("crash", "SIGSEGV"), std::pair("abort", "SIGABRT")}) {
    const fs::path directory = root_ / how;
    const std::string note = std::string(signal) + " " + bad_file() + "\n";
    const Ending first = finish(meddled_prepare(directory, how));
    EXPECT_NE(first.code, 0);
    EXPECT_EQ(notes(directory), note) << first.err;
    const Ending second = finish(meddled_prepare(directory, how));
    EXPECT_NE(second.code, 0);
    EXPECT_NE(second.err.find(bad_file() + "' of song"), std::string::npos) << second.err;
    EXPECT_EQ(notes(directory), note + note) << second.err;
    const Ending third = finish(meddled_prepare(directory, how));
    EXPECT_EQ(third.code, 0) << third.err;
    const std::string quarantine = slurp(directory / "quarantine.csv");
    EXPECT_EQ(std::count(quarantine.begin(), quarantine.end(), '\n'), 2) << quarantine;
    EXPECT_NE(quarantine.find(bad_file()), std::string::npos) << quarantine;
    EXPECT_NE(quarantine.find("crashes its reader (" + std::string(signal) + "), twice"), std::string::npos)
        << quarantine;
    EXPECT_EQ(notes(directory), "");
    EXPECT_EQ(store::FeatureStore(directory / "features").tracks(), 35);
  }
}

TEST_F(BadFile, ThatHangsIsSetAsideWhenItsTimeIsOver) {
  const fs::path directory = root_ / "hangs";
  const Ending ending = finish(meddled_prepare(directory, "stall", {"--features.file_timeout_s", "2"}));
  EXPECT_EQ(ending.code, 0) << ending.err;
  const std::string quarantine = slurp(directory / "quarantine.csv");
  EXPECT_EQ(std::count(quarantine.begin(), quarantine.end(), '\n'), 2) << quarantine;
  EXPECT_NE(quarantine.find(bad_file()), std::string::npos) << quarantine;
}

TEST_F(BadFile, IsNoneWhereARankIsKilledFromOutside) {
  for (const int signal : {SIGKILL, SIGSEGV}) {
    const fs::path directory = root_ / ("outside-" + std::to_string(signal));
    const pid_t child = start(meddled_prepare(directory, "stall"), root_ / "out", root_ / "err");
    for (int i = 0; i < 1200 && !is_reading_bad_file(directory); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(is_reading_bad_file(directory)) << slurp(root_ / "err");
    for (const pid_t process : processes_of(directory))
      if (process != child) kill(process, signal);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(notes(directory), "");
    auto arguments = run_arguments(directory);
    arguments[0] = "prepare";
    const Ending again = finish(under_mpirun(2, arguments));
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(store::FeatureStore(directory / "features").tracks(), 36);
  }
}

}  // namespace
}  // namespace foldwave::pipeline
