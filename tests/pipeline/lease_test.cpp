// Who has a run directory: the second launch there, one that lost its lease, and who only looks, from any machine.
#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

class HeldRun : public Program {
 protected:
  static Launch launch(const fs::path& run) {
    auto words = under_mpirun(2, run_arguments(run, {"--grid.backbones", "cnn_small", "--model.cnn_channels", "4,4,8,8",
                                                     "--train.epochs", "2000"}));
    words.insert(words.begin() + 1, {"-x", "SLURM_JOB_ID=4242"});
    return Launch(start(words, root_ / "run.out", root_ / "run.err"));
  }
  static bool has_trained(const fs::path& run) {
    return wait_until([&] {
      const auto journals = journals_of(run);
      return !journals.empty() && tells_of(journals.back(), "epoch");
    });
  }
  static nlohmann::json lease_of(const fs::path& run) { return nlohmann::json::parse(slurp(run / "lease")); }
  static void write_lease(const fs::path& run, const nlohmann::json& lease) {
    std::ofstream(run / "new-lease") << lease.dump();
    fs::rename(run / "new-lease", run / "lease");
  }
  static void signal_ranks(const fs::path& run, int signal) {
    for (const auto& [rank, process] : ranks_of(run)) kill(process, signal);
  }
  static void end(Launch& launch, const fs::path& run) {
    signal_ranks(run, SIGUSR2);
    EXPECT_TRUE(launch.ends_within(60));
  }
  // On a machine of another name.
  static Ending status_elsewhere(const fs::path& run) {
    return finish({"/bin/sh", "-c", "exec unshare --uts sh -c 'hostname elsewhere && exec \"$0\" \"$@\"' \"$@\"", "sh",
                   FOLDWAVE_PROGRAM, "status", "--run.dir", run.string(), "--status.format", "json"});
  }
  static std::string ending_seen(const Ending& status) {
    return nlohmann::json::parse(status.out).at("launches").back().at("ending");
  }
};

TEST_F(HeldRun, KeepsASecondLaunchOutWhichNamesHostProcessAndJob) {
  const fs::path run = root_ / "held";
  Launch first = launch(run);
  ASSERT_TRUE(wait_until([&] { return fs::exists(run / "lease"); }));
  const auto lease = lease_of(run);
  Launch second(start(under_mpirun(1, run_arguments(run)), root_ / "out", root_ / "err"));
  ASSERT_TRUE(second.ends_within(60));
  EXPECT_EQ(second.code(), 2);
  const std::string expected = "in use by process " + std::to_string(lease.at("pid").get<int>()) + " on " +
                               lease.at("host").get<std::string>() + " (job 4242)";
  EXPECT_NE(slurp(root_ / "err").find(expected), std::string::npos) << slurp(root_ / "err");
  end(first, run);
}

TEST_F(HeldRun, IsLeftAloneByALaunchThatWasGivenUpForDead) {
  const fs::path run = root_ / "taken";
  Launch first = launch(run);
  ASSERT_TRUE(has_trained(run)) << slurp(root_ / "run.err");
  signal_ranks(run, SIGSTOP);
  sleep_s(0.2);
  auto lease = lease_of(run);
  lease["host"] = "elsewhere";
  lease["launch"] = "another";
  write_lease(run, lease);
  const auto journal = journals_of(run);
  const auto files = [&] {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(run))
      if (entry.is_regular_file() && entry.path().string().find(".writing-") == std::string::npos &&
          entry.path().extension() != ".ranks" && entry.path().extension() != ".log" &&
          entry.path().filename().string().find("events.out") == std::string::npos)
        found[entry.path()] = slurp(entry.path());
    return found;
  };
  const auto before = files();
  signal_ranks(run, SIGCONT);
  ASSERT_TRUE(first.ends_within(120)) << slurp(root_ / "run.err");
  EXPECT_EQ(first.code(), 1) << slurp(root_ / "run.err");
  EXPECT_NE(slurp(root_ / "run.err").find("is no longer this launch's"), std::string::npos) << slurp(root_ / "run.err");
  EXPECT_EQ(journals_of(run), journal);
  EXPECT_TRUE(files() == before);
  EXPECT_EQ(lease_of(run), lease);
}

TEST_F(HeldRun, IsSeenFromAnotherMachineRunningAndDead) {
  const fs::path run = root_ / "seen";
  Launch first = launch(run);
  ASSERT_TRUE(has_trained(run)) << slurp(root_ / "run.err");
  const Ending running = status_elsewhere(run);
  if (running.err.find("unshare") != std::string::npos) {
    end(first, run);
    GTEST_SKIP() << running.err;
  }
  ASSERT_EQ(running.code, 0) << running.err;
  EXPECT_EQ(ending_seen(running), "");
  const auto trials = nlohmann::json::parse(running.out).at("trials");
  EXPECT_TRUE(std::any_of(trials.begin(), trials.end(), [](const auto& trial) {
    return trial.at("state") == "running" && trial.at("epoch") > 0 && trial.at("host") != "" && trial.at("group") >= 0;
  })) << running.out;
  signal_ranks(run, SIGKILL);
  ASSERT_TRUE(first.ends_within(30));
  auto lease = lease_of(run);
  lease["renewed"] = lease["renewed"].get<double>() - 3600;
  write_lease(run, lease);
  const Ending dead = status_elsewhere(run);
  ASSERT_EQ(dead.code, 0) << dead.err;
  EXPECT_EQ(ending_seen(dead), "lost");
  EXPECT_EQ(dead.out.find("\"running\",\n      \"epoch\""), std::string::npos) << dead.out;
}

TEST_F(HeldRun, IsWatchedUntilCtrlC) {
  const fs::path run = root_ / "watched";
  Launch first = launch(run);
  ASSERT_TRUE(has_trained(run)) << slurp(root_ / "run.err");
  const std::vector<std::string> watch{FOLDWAVE_PROGRAM, "status", "--run.dir", run.string(), "--status.watch", "0.2"};
  const auto shown = [&](const char* file) {
    const std::string text = slurp(root_ / file);
    size_t times = 0;
    for (size_t at = text.find("1 launch,"); at != std::string::npos; at = text.find("1 launch,", at + 1)) ++times;
    return times;
  };
  Launch piped(start(watch, root_ / "piped", root_ / "err"));
  EXPECT_TRUE(wait_until([&] { return shown("piped") >= 3; })) << slurp(root_ / "err");
  kill(piped.process(), SIGINT);
  ASSERT_TRUE(piped.ends_within(60));
  EXPECT_EQ(piped.code(), 0) << slurp(root_ / "err");
  EXPECT_EQ(slurp(root_ / "piped").find('\033'), std::string::npos);
  std::string line = "exec";
  for (const std::string& word : watch) line += " '" + word + "'";
  Launch on_terminal(start({"/usr/bin/script", "-qec", line, "/dev/null"}, root_ / "terminal", root_ / "err"));
  EXPECT_TRUE(wait_until([&] { return shown("terminal") >= 3; })) << slurp(root_ / "err");
  EXPECT_NE(slurp(root_ / "terminal").find("\033[H"), std::string::npos);
  end(first, run);
  // The run has ended, and with it the watch.
  EXPECT_TRUE(on_terminal.ends_within(60));
  EXPECT_EQ(on_terminal.code(), 0);
}

}  // namespace
}  // namespace foldwave::pipeline
