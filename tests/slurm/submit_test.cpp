// The user's day on a cluster of three virtual nodes: submit, lose a node, be queued again, find a submission.
#include <set>

#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

class Slurm : public Program {
 protected:
  static void SetUpTestSuite() {
    setenv("TMPDIR", "/var/tmp", 1);  // every node has a /tmp of its own
    Program::SetUpTestSuite();
    unsetenv("TMPDIR");
    setenv("FOLDWAVE_CLUSTER", (root_ / "cluster").c_str(), 1);
    setenv("FOLDWAVE", FOLDWAVE_PROGRAM, 1);
    setenv("FOLDWAVE_LOSS_PATIENCE_S", "15", 1);
    up_ = finish({tool("virtual-cluster"), "up", "3"});
    setenv("SLURM_CONF", (root_ / "cluster" / "slurm.conf").c_str(), 1);
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(finish({tool("virtual-cluster"), "down"}).code, 0);
    EXPECT_FALSE(fs::exists(root_ / "cluster"));
    Program::TearDownTestSuite();
  }
  void SetUp() override {
    if (up_.code == 0) return;
    ASSERT_EQ(std::getenv("FOLDWAVE_SLURM_REQUIRED"), nullptr) << up_.err;
    GTEST_SKIP() << "no virtual cluster can be started here: " << up_.err;
  }

  static std::string tool(const std::string& name) { return std::string(FOLDWAVE_SOURCE) + "/tools/" + name; }

  static Ending submit(const fs::path& run, const std::vector<std::string>& options = {},
                       const std::vector<std::string>& keys = {}) {
    const fs::path config = root_ / "submit.ini";
    std::ofstream(config) << "[slurm]\nnodes = 3\nmin_nodes = 2\npartition = cpu\ntime = 20:00\n";
    std::vector<std::string> words{std::string(FOLDWAVE_SOURCE) + "/slurm/submit", config.string()};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    std::vector<std::string> all{"--grid.backbones", "mfcc_mlp,cnn_small", "--model.cnn_channels",
                                 "4,4,8,8",          "--train.epochs",     "40"};
    all.insert(all.end(), keys.begin(), keys.end());
    const std::vector<std::string> arguments = run_arguments(run, all);
    words.insert(words.end(), arguments.begin() + 1, arguments.end());  // without the command
    return finish(words);
  }
  static std::string job_of(const Ending& submitted) {
    const size_t at = submitted.out.find("Submitted batch job ");
    if (at == std::string::npos) ADD_FAILURE() << submitted.out << submitted.err;
    return at == std::string::npos ? "" : std::to_string(std::stoi(submitted.out.substr(at + 20)));
  }
  static std::string shown(const std::string& job) { return finish({"/usr/bin/scontrol", "show", "job", job}).out; }
  static void expect_completed(const std::string& job, const fs::path& run) {
    const auto has_ended = [&] {
      const std::string text = shown(job);
      for (const char* state : {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"})
        if (text.find(std::string("JobState=") + state) != std::string::npos) return true;
      return false;
    };
    ASSERT_TRUE(wait_until(has_ended, 240)) << log_of(job, run);
    const std::string text = shown(job);
    EXPECT_NE(text.find("JobState=COMPLETED"), std::string::npos) << text << log_of(job, run);
    EXPECT_NE(text.find("ExitCode=0:0"), std::string::npos) << text;
  }
  static std::string log_of(const std::string& job, const fs::path& run) {
    return slurp(run / "slurm" / (job + ".log"));
  }
  static std::set<std::string> hosts_of_trials(const fs::path& run) {
    std::set<std::string> hosts;
    for (const Events& events : journals_of(run))
      for (const auto& event : events)
        if (event.at("event") == "started") hosts.insert(event.at("host"));
    return hosts;
  }
  static bool has_trained_an_epoch(const fs::path& run) {
    for (const Events& events : journals_of(run))
      for (const auto& event : events)
        if (event.at("event") == "epoch") return true;
    return false;
  }

  static inline Ending up_;
};

TEST_F(Slurm, SubmitTakesMusicToASubmissionOverThreeNodes) {
  const fs::path run = root_ / "run";
  const Ending printed = submit(run, {"--dry-run"});
  EXPECT_EQ(printed.code, 0) << printed.err;
  for (const char* said : {"4 trials, 0 finished", "#SBATCH --nodes=3", "srun --mpi=pmix --kill-on-bad-exit=1"})
    EXPECT_NE(printed.out.find(said), std::string::npos) << printed.out;
  EXPECT_FALSE(fs::exists(run));

  const std::string job = job_of(submit(run));
  expect_completed(job, run);
  EXPECT_GT(fs::file_size(run / "ensemble" / "submission.csv"), 100U);
  EXPECT_EQ(hosts_of_trials(run), (std::set<std::string>{"n1", "n2", "n3"})) << log_of(job, run);
}

TEST_F(Slurm, AJobThatIsQueuedAgainEndsWithTheSameBytes) {
  const fs::path whole = root_ / "whole", again = root_ / "again";
  expect_completed(job_of(submit(whole)), whole);
  const std::string job = job_of(submit(again));
  ASSERT_TRUE(wait_until([&] { return has_trained_an_epoch(again); })) << log_of(job, again);
  const Ending requeued = finish({"/usr/bin/scontrol", "requeue", job});
  ASSERT_EQ(requeued.code, 0) << requeued.err;
  expect_completed(job, again);
  EXPECT_EQ(journals_of(again).size(), 2U);
  expect_same_files(whole, again, {".safetensors", "oof.h5", "test.h5", "submission.csv", "index.h5"});
}

TEST_F(Slurm, TasksThatCannotFindEachOtherAreRefusedWithTheSentenceThatHelps) {
  std::vector<std::string> words{"/usr/bin/srun", "--nodes=3", "--immediate=60", "--mpi=none", FOLDWAVE_PROGRAM};
  const std::vector<std::string> arguments = run_arguments(root_ / "wrong");
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Ending ending = finish(words);
  EXPECT_EQ(ending.code, 2) << ending.err;
  const std::string sentence = "foldwave: srun started 3 tasks without telling them how to find each other";
  EXPECT_NE(ending.err.find(sentence), std::string::npos) << ending.err;
  EXPECT_EQ(ending.err.find(sentence), ending.err.rfind(sentence)) << ending.err;
  EXPECT_EQ(ending.err.find("MPI_Init"), std::string::npos) << ending.err;
  EXPECT_FALSE(fs::exists(root_ / "wrong"));
}

// The last one, for the node stays lost.
TEST_F(Slurm, AJobGoesOnWithoutANodeThatIsLost) {
  const fs::path run = root_ / "lost";
  const std::string job = job_of(submit(run, {}, {"--train.epochs", "80"}));
  ASSERT_TRUE(wait_until([&] { return has_trained_an_epoch(run); })) << log_of(job, run);
  ASSERT_EQ(finish({tool("virtual-cluster"), "kill", "n3"}).code, 0);
  expect_completed(job, run);
  EXPECT_NE(log_of(job, run).find("lost: n3"), std::string::npos) << log_of(job, run);
  EXPECT_GT(fs::file_size(run / "ensemble" / "submission.csv"), 100U);
}

}  // namespace
}  // namespace foldwave::pipeline
