#include "foldwave/core/host.h"
#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

using Kill = Program;

const fs::path first_trial = fs::path("trials") / "resnet18+noisy" / "seed-1" / "fold-0";

void wait_for_files_in(const fs::path& directory) {
  for (int i = 0; i < 600 && (!fs::exists(directory) || fs::is_empty(directory)); ++i) sleep_s(0.1);
}

// As if the launches had been killed before they could journal it.
void forget(const fs::path& run, const std::string& event) {
  for (const auto& entry : fs::directory_iterator(run / "journal")) {
    if (entry.path().extension() != ".jsonl") continue;
    std::istringstream lines(slurp(entry.path()));
    std::ofstream journal(entry.path());
    for (std::string line; std::getline(lines, line);)
      if (nlohmann::json::parse(line).at("event") != event) journal << line << "\n";
  }
}

TEST_F(Kill, AnywhereAndTheSameCommandFinishesWithTheSameBytes) {
  ASSERT_EQ(run(2, root_ / "whole").code, 0);
  const fs::path directory = root_ / "killed";
  // SIGKILL to all ranks at growing moments: in set-up, preparation, training, prediction.
  int kills = 0;
  for (double after_s = 0.6; after_s < 60; after_s += 0.45) {
    Launch child(start(under_mpirun(2, run_arguments(directory)), root_ / "out", root_ / "err"));
    sleep_s(after_s);
    if (child.has_ended()) {
      ASSERT_EQ(child.code(), 0) << slurp(root_ / "err");
      break;
    }
    for (const pid_t process : processes_of(directory)) kill(process, SIGKILL);
    ASSERT_TRUE(child.ends_within(60));
    ++kills;
  }
  EXPECT_GE(kills, 3);
  ASSERT_EQ(run(2, directory).code, 0);
  expect_same_files(root_ / "whole", directory,
                    {"submission.csv", "oof.h5", "test.h5", ".safetensors", "folds.csv", "index.h5"});
  // What was finished was not begun again.
  for (const auto& [trial, times] : times_told(directory, "finished")) EXPECT_EQ(times, 1) << trial;
}

TEST_F(Kill, OneRankAndTheLaunchEndsAndTheNextGoesOn) {
  const fs::path directory = root_ / "one-rank";
  Launch child(
      start(under_mpirun(2, run_arguments(directory, {"--train.epochs", "30"})), root_ / "out", root_ / "err"));
  wait_for_files_in(directory / first_trial);
  ASSERT_FALSE(processes_of(directory).empty()) << slurp(root_ / "err");
  kill(processes_of(directory).back(), SIGKILL);
  ASSERT_TRUE(child.ends_within(60));
  ASSERT_NE(child.code(), 0);
  const Ending again = run(2, directory, {"--train.epochs", "30"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NE(again.err.find(": lost was rank "), std::string::npos) << again.err;
}

// Killed between the files of a trial's outcome and the end of its checkpoints, or while it predicted.
TEST_F(Kill, LeavesNoCheckpointsOrHalvesOfAFinishedTrialBehind) {
  const fs::path directory = root_ / "one-moment";
  ASSERT_EQ(run(1, directory).code, 0);
  const fs::path trial = directory / first_trial;
  forget(directory, "finished");  // which is journalled last
  const std::vector<fs::path> left{trial / "last-12.safetensors",
                                   trial / ("test.h5.writing-" + host_name() + "-99999999")};
  for (const fs::path& file : left) std::ofstream(file) << "left";
  const auto written = fs::last_write_time(trial / "final.safetensors");
  const Ending again = run(1, directory);
  EXPECT_EQ(again.code, 0) << again.err;
  for (const fs::path& file : left) EXPECT_FALSE(fs::exists(file)) << file;
  EXPECT_EQ(fs::last_write_time(trial / "final.safetensors"), written);
}

std::vector<nlohmann::json> rungs_of(const fs::path& run) {
  std::vector<nlohmann::json> scores;
  for (const Events& events : journals_of(run))
    for (const auto& told : events)
      if (told.at("event") == "rung") scores.push_back(told.at("scores"));
  return scores;
}

// The other ranks go on for a moment, and save epochs that nobody journals.
TEST_F(Kill, TheRankWithTheJournalAndARungComparesTheSameScores) {
  const std::vector<std::string> options{
      "--grid.backbones", "mfcc_mlp", "--grid.lr",    "0.003,1e-9", "--train.epochs",       "80",
      "--grid.search",    "halving",  "--grid.rungs", "40",         "--train.checkpoint_s", "0"};
  const fs::path whole = root_ / "whole-halving", killed = root_ / "killed-halving";
  ASSERT_EQ(run(2, whole, options).code, 0);
  Launch child(start(under_mpirun(2, run_arguments(killed, options)), root_ / "out", root_ / "err"));
  ASSERT_TRUE(wait_until([&] { return !times_told(killed, "paused").empty() || child.has_ended(); }));
  for (const pid_t process : processes_of(killed)) kill(process, SIGKILL);
  ASSERT_TRUE(child.ends_within(60));
  ASSERT_NE(child.code(), 0) << "it ended before it was killed";
  forget(killed, "epoch");
  forget(killed, "paused");
  forget(killed, "rung");
  const Ending again = run(2, killed, options);
  ASSERT_EQ(again.code, 0) << again.err;
  ASSERT_EQ(rungs_of(whole).size(), 1U);
  EXPECT_EQ(rungs_of(killed), rungs_of(whole));
  expect_same_files(whole, killed, {"submission.csv", "oof.h5", "test.h5", "final.safetensors"});
}

TEST_F(Kill, AStoppedRankIsFoundNamedAndEnded) {
  const fs::path directory = root_ / "stopped";
  Launch child(start(under_mpirun(3, run_arguments(directory, {"--train.epochs", "200", "--run.silence_s", "3"})),
                     root_ / "out", root_ / "err"));
  wait_for_files_in(directory / first_trial);
  sleep_s(2);
  const pid_t stopped = processes_of(directory).back();
  kill(stopped, SIGSTOP);
  EXPECT_TRUE(child.ends_within(20)) << slurp(root_ / "err");
  EXPECT_NE(child.code(), 0);
  EXPECT_NE(slurp(root_ / "err").find("(process " + std::to_string(stopped) + ") has not been heard of for 3 s"),
            std::string::npos)
      << slurp(root_ / "err");
  EXPECT_TRUE(processes_of(directory).empty());
  const Ending again = run(3, directory, {"--train.epochs", "200", "--run.time_limit_s", "0.001"});
  EXPECT_NE(again.err.find(": lost was rank "), std::string::npos) << again.err;
  EXPECT_NE(again.err.find("(process " + std::to_string(stopped) + ")"), std::string::npos) << again.err;
  const Ending later = run(3, directory, {"--train.epochs", "200", "--run.time_limit_s", "0.001"});
  EXPECT_EQ(later.err.find("lost was"), std::string::npos) << later.err;
}

TEST_F(Kill, EveryRankSaysWhereItIsWhenAsked) {
  const fs::path directory = root_ / "asked";
  Launch child(
      start(under_mpirun(2, run_arguments(directory, {"--train.epochs", "200"})), root_ / "out", root_ / "err"));
  wait_for_files_in(directory / first_trial);
  kill(child.process(), SIGUSR1);  // mpirun passes it on to its ranks
  sleep_s(2);
  kill(child.process(), SIGUSR2);
  EXPECT_TRUE(child.ends_within(60));
  EXPECT_EQ(child.code(), 75) << slurp(root_ / "err");
  for (const char* rank : {"foldwave: rank 0 on ", "foldwave: rank 1 on "})
    EXPECT_NE(slurp(root_ / "err").find(rank), std::string::npos) << slurp(root_ / "err");
  EXPECT_NE(slurp(root_ / "err").find(": train, "), std::string::npos) << slurp(root_ / "err");
}

TEST_F(Kill, ASignalStopsTheRunWithEverythingSaved) {
  const fs::path directory = root_ / "signalled";
  Launch child(
      start(under_mpirun(2, run_arguments(directory, {"--train.epochs", "200"})), root_ / "out", root_ / "err"));
  wait_for_files_in(directory / first_trial);
  kill(child.process(), SIGUSR2);  // mpirun passes it on to its ranks
  ASSERT_TRUE(child.ends_within(60));
  EXPECT_EQ(child.code(), 75) << slurp(root_ / "err");
  EXPECT_NE(slurp(root_ / "err").find("the same command goes on"), std::string::npos);
}

TEST_F(Kill, ASecondLaunchInTheSameDirectoryIsRefused) {
  const fs::path directory = root_ / "twice";
  Launch child(
      start(under_mpirun(1, run_arguments(directory, {"--train.epochs", "200"})), root_ / "out", root_ / "err"));
  for (int i = 0; i < 600 && !fs::exists(directory / "lease"); ++i) sleep_s(0.05);
  const Ending second = run(1, directory, {"--train.epochs", "200"});
  EXPECT_EQ(second.code, 2);
  EXPECT_NE(second.err.find("in use by process"), std::string::npos) << second.err;
  const Ending status = alone({"status", "--run.dir", directory.string()});
  EXPECT_EQ(status.code, 0) << status.err;
  kill(child.process(), SIGUSR2);
  EXPECT_TRUE(child.ends_within(60));
}

}  // namespace
}  // namespace foldwave::pipeline
