// The program as a user has it: started under mpirun on a small data set of its own, watched, killed, compared.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace foldwave::pipeline {

namespace fs = std::filesystem;

inline std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Ending {
  int code = -1;
  std::string out, err;
};

// A program of this build, or that of the folder FOLDWAVE_TEST_PROGRAMS: a bundle's, which was moved.
inline std::string program_at(const std::string& built, const std::string& name) {
  const char* moved = std::getenv("FOLDWAVE_TEST_PROGRAMS");
  return moved == nullptr ? built : (fs::path(moved) / name).string();
}
inline std::string foldwave_program() { return program_at(FOLDWAVE_PROGRAM, "foldwave"); }

inline std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{program_at(FOLDWAVE_MPIEXEC, "mpirun"),
                                 "--allow-run-as-root",
                                 "--oversubscribe",
                                 "--bind-to",
                                 "none",
                                 "-n",
                                 std::to_string(ranks),
                                 foldwave_program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

// Starts `words` in a process group of its own, with stdout and stderr in files.
inline pid_t start(const std::vector<std::string>& words, const fs::path& out, const fs::path& err) {
  const pid_t child = fork();
  if (child != 0) return child;
  setpgid(0, 0);
  setenv("OMP_NUM_THREADS", "1", 1);
  if (freopen(out.c_str(), "w", stdout) == nullptr || freopen(err.c_str(), "w", stderr) == nullptr) _exit(126);
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

// Processes that were given this run directory, mpirun among them; oldest first.
inline std::vector<pid_t> processes_of(const fs::path& run) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string command = slurp(entry.path() / "cmdline");
    if (command.find(std::string("--run.dir\0", 10) + run.string() + '\0') != std::string::npos)
      found.push_back(std::stoi(name));
  }
  std::sort(found.begin(), found.end());
  return found;
}

class Program : public testing::Test {
 protected:
  // One data set for all tests of the program: 3 genres, 36 tracks of 3 s.
  static void SetUpTestSuite() {
    root_ = fs::temp_directory_path() / ("foldwave-pipeline-" + std::to_string(getpid()));
    fs::create_directories(root_);
    make_music(root_ / "data", "--tracks 36 --seconds 3 --genres 3 --test-share 0.25 --seed 7");
  }
  static void make_music(const fs::path& directory, const std::string& options) {
    const std::string make = program_at(FOLDWAVE_DEMO_DATA, "foldwave-demo-data") + " --out " + directory.string() +
                             " " + options + " > /dev/null";
    ASSERT_EQ(std::system(make.c_str()), 0);
  }
  // A daemon that Open MPI starts for a program without mpirun clears its own folder there away at the same time.
  static void TearDownTestSuite() {
    std::error_code error;
    for (int attempt = 0; attempt < 50 && (fs::remove_all(root_, error), error || fs::exists(root_)); ++attempt)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_FALSE(fs::exists(root_)) << error.message();
  }

  static std::vector<std::string> run_arguments(const fs::path& run, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"run",
                                   "--run.dir",
                                   run.string(),
                                   "--data.train",
                                   (root_ / "data" / "train.csv").string(),
                                   "--data.test",
                                   (root_ / "data" / "test.csv").string(),
                                   "--data.group",
                                   "track",
                                   "--folds.count",
                                   "2",
                                   "--grid.backbones",
                                   "mfcc_mlp,resnet18",
                                   "--grid.augments",
                                   "noisy",
                                   "--augment.noisy.noise_probability",
                                   "0.5",
                                   "--augment.noisy.time_masks",
                                   "1",
                                   "--train.epochs",
                                   "2",
                                   "--train.batch",
                                   "8",
                                   "--train.crop_frames",
                                   "48",
                                   "--train.checkpoint_s",
                                   "0",
                                   "--features.shard_mb",
                                   "1",
                                   "--run.calibration_s",
                                   "0"};
    for (size_t i = 0; i < more.size(); i += 2) {  // a key that is there already gets the new value
      const auto known = std::find(words.begin(), words.end(), more[i]);
      if (known != words.end())
        *(known + 1) = more[i + 1];
      else
        words.insert(words.end(), {more[i], more[i + 1]});
    }
    return words;
  }

  static Ending finish(const std::vector<std::string>& words) {
    const fs::path out = root_ / "stdout", err = root_ / "stderr";
    const pid_t child = start(words, out, err);
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(out), slurp(err)};
  }

  static Ending run(int ranks, const fs::path& directory, const std::vector<std::string>& more = {}) {
    return finish(under_mpirun(ranks, run_arguments(directory, more)));
  }

  // Without mpirun.
  static Ending alone(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), foldwave_program());
    return finish(arguments);
  }

  // Every file below both whose name ends in one of `kinds`, byte by byte.
  static void expect_same_files(const fs::path& a, const fs::path& b, const std::vector<std::string>& kinds) {
    int compared = 0;
    for (const auto& entry : fs::recursive_directory_iterator(a)) {
      const std::string name = entry.path().filename();
      const bool wanted =
          std::any_of(kinds.begin(), kinds.end(), [&](const std::string& kind) { return name.ends_with(kind); });
      if (!entry.is_regular_file() || !wanted) continue;
      const fs::path other = b / fs::relative(entry.path(), a);
      EXPECT_TRUE(slurp(entry.path()) == slurp(other)) << entry.path() << " differs from " << other;
      ++compared;
    }
    EXPECT_GT(compared, 0);
  }

  // But for journals, logs and event logs, of which each launch writes its own, nothing is in the one that is not in
  // the other.
  static void expect_same_names(const fs::path& a, const fs::path& b) {
    const auto names_below = [](const fs::path& run) {
      std::vector<std::string> names;
      for (const auto& entry : fs::recursive_directory_iterator(run)) {
        const std::string name = fs::relative(entry.path(), run);
        if (entry.is_regular_file() && !name.starts_with("journal") && !name.starts_with("logs") &&
            name.find("events.out") == std::string::npos)
          names.push_back(name);
      }
      std::sort(names.begin(), names.end());
      return names;
    };
    EXPECT_EQ(names_below(a), names_below(b));
  }

  static inline fs::path root_;
};

}  // namespace foldwave::pipeline
