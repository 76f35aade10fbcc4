// The user's day on a cluster of three virtual nodes: submit, be pushed out, be queued again, lose a node, find a
// submission. All tests share one cluster, and the run that nothing disturbs.
#include <map>
#include <set>

#include "foldwave/catalog/predictions.h"
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
    up_ = finish({tool("virtual-cluster"), "up", "3", "--gpus", "2"});
    // What a user's environment says to sbatch must not undo the job.
    for (const char* variable : {"ARRAY_INX=1-2", "NO_REQUEUE=1", "OPEN_MODE=truncate", "OUTPUT=/dev/null",
                                 "PARTITION=urgent", "SIGNAL=USR1@10", "TIMELIMIT=1"}) {
      const std::string text = std::string("SBATCH_") + variable;
      setenv(text.substr(0, text.find('=')).c_str(), text.substr(text.find('=') + 1).c_str(), 1);
    }
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
  static std::vector<std::string> jobs_of(const Ending& submitted) {
    const std::string words = "Submitted batch job ";
    std::vector<std::string> jobs;
    for (size_t at = 0; (at = submitted.out.find(words, at)) != std::string::npos; at += words.size())
      jobs.push_back(std::to_string(std::stoi(submitted.out.substr(at + words.size()))));
    return jobs;
  }
  static std::string job_of(const Ending& submitted) {
    const std::vector<std::string> jobs = jobs_of(submitted);
    EXPECT_EQ(jobs.size(), 1U) << submitted.out << submitted.err;
    return jobs.empty() ? "" : jobs[0];
  }
  static void control(std::vector<std::string> words) {
    words[0] = "/usr/bin/" + words[0];
    const Ending ending = finish(words);
    ASSERT_EQ(ending.code, 0) << words[0] << ": " << ending.err;
  }
  static std::string shown(const std::string& job) { return finish({"/usr/bin/scontrol", "show", "job", job}).out; }
  static bool shows(const std::string& job, const std::string& field) {
    return (shown(job) + ' ').find(field) != std::string::npos;
  }
  static bool has_ended(const std::string& job) {
    const std::string text = shown(job);
    for (const char* state : {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED"})
      if (text.find(std::string("JobState=") + state) != std::string::npos) return true;
    return false;
  }
  static void expect_completed(const std::string& job, const fs::path& run) {
    ASSERT_TRUE(wait_until([&] { return has_ended(job); }, 240)) << log_of(job, run);
    const std::string text = shown(job);
    EXPECT_NE(text.find("JobState=COMPLETED"), std::string::npos) << text << log_of(job, run);
    EXPECT_NE(text.find("ExitCode=0:0"), std::string::npos) << text;
  }
  static void wait_for_an_epoch(const std::string& job, const fs::path& run) {
    ASSERT_TRUE(wait_until([&] { return has_trained_an_epoch(run); })) << shown(job) << log_of(job, run);
  }
  // Its ranks on whichever node, without srun.
  static std::vector<pid_t> foldwaves_of(const fs::path& run) {
    std::vector<pid_t> ranks = processes_of(run);
    std::erase_if(ranks,
                  [](pid_t process) { return slurp("/proc/" + std::to_string(process) + "/comm") != "foldwave\n"; });
    return ranks;
  }
  // The run that nothing disturbs.
  static fs::path whole() {
    const fs::path run = root_ / "whole";
    if (!fs::exists(run)) expect_completed(job_of(submit(run)), run);
    return run;
  }
  static void expect_same_results(const fs::path& undisturbed, const fs::path& run) {
    expect_same_files(undisturbed, run, {".safetensors", "oof.h5", "test.h5", "submission.csv"});
  }
  // But for rounding, as other ranks may have trained together. The MFCC net keeps it at 1e-7; forty epochs of the
  // convolutional one let it grow to some 1e-2 (6e-8 after one), which may turn one of the 27 rows.
  static void expect_same_scores(const fs::path& undisturbed, const fs::path& run) {
    const auto scores_of = [](const fs::path& directory) {
      std::map<std::string, double> scores;
      for (const auto& score : nlohmann::json::parse(slurp(directory / "ensemble" / "scores.json")).at("scores"))
        scores[score.at("name")] = score.at("oof_macro_f1");
      return scores;
    };
    const auto expected = scores_of(undisturbed), got = scores_of(run);
    ASSERT_EQ(expected.size(), got.size());
    for (const auto& [name, f1] : expected) EXPECT_NEAR(got.at(name), f1, 0.06) << name;
    int compared = 0;
    for (const auto& entry : fs::recursive_directory_iterator(undisturbed / "trials")) {
      if (entry.path().filename() != "oof.h5") continue;
      const fs::path trial = fs::relative(entry.path(), undisturbed);
      const auto one = catalog::read_predictions(entry.path()), other = catalog::read_predictions(run / trial);
      ASSERT_EQ(one.song_id, other.song_id) << trial;
      const double rounding = trial.string().find("mfcc_mlp") != std::string::npos ? 1e-5 : 0.05;
      for (size_t i = 0; i < one.probability.size(); ++i)
        EXPECT_NEAR(one.probability[i], other.probability[i], rounding) << trial;
      ++compared;
    }
    EXPECT_EQ(compared, 4);
  }
  // It was told, saved and put itself into the queue; nothing was killed.
  static void expect_saved_and_queued_again(const std::string& job, const fs::path& run) {
    const std::string log = log_of(job, run);
    EXPECT_NE(log.find("exit code 75"), std::string::npos) << log;
    EXPECT_NE(log.find("stopped early with everything saved: queued again"), std::string::npos) << log;
    EXPECT_FALSE(shows(job, "Restarts=0")) << shown(job);
    const std::vector<Events> journals = journals_of(run);
    ASSERT_GE(journals.size(), 2U) << log;
    EXPECT_EQ(journals[0].back().value("ending", ""), "stopped") << journals[0].back();
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
  static inline Ending up_;
};

TEST_F(Slurm, SubmitTakesMusicToASubmissionOverThreeNodes) {
  const fs::path dry = root_ / "dry";
  const Ending printed = submit(dry, {"--dry-run"});
  EXPECT_EQ(printed.code, 0) << printed.err;
  for (const char* said : {"4 trials, 0 finished", "#SBATCH --nodes=3", "mpi=pmix"})
    EXPECT_NE(printed.out.find(said), std::string::npos) << printed.out;
  EXPECT_FALSE(fs::exists(dry));

  const fs::path run = whole();
  EXPECT_GT(fs::file_size(run / "ensemble" / "submission.csv"), 100U);
  EXPECT_EQ(hosts_of_trials(run), (std::set<std::string>{"n1", "n2", "n3"}));
}

// SLURM may warn a minute early; a job of a few minutes must not be told to stop as it starts.
TEST_F(Slurm, AJobIsWarnedFiveMinutesBeforeItsEndOrAQuarterOfItsTime) {
  const auto warning = [](const std::vector<std::string>& time) {
    std::vector<std::string> options{"--dry-run"};
    options.insert(options.end(), time.begin(), time.end());
    const std::string script = submit(root_ / "warned", options).out;
    const size_t at = script.find("#SBATCH --signal=USR2@");
    return at == std::string::npos ? script : script.substr(at + 22, script.find('\n', at) - at - 22);
  };
  EXPECT_EQ(warning({"--time=1:30"}), "30");  // two minutes, as SLURM has it
  EXPECT_EQ(warning({"--time=0:08:00"}), "120");
  EXPECT_EQ(warning({"--time", "0-00:08"}), "120");
  EXPECT_EQ(warning({"-t", "08"}), "120");
  EXPECT_EQ(warning({"-t1-2"}), "300");
  EXPECT_EQ(warning({"--time=UNLIMITED"}), "300");
  EXPECT_EQ(warning({}), "300");
}

TEST_F(Slurm, AJobOfWhichARankIsKilledAndThatIsQueuedAgainEndsWithTheSameBytes) {
  const fs::path run = root_ / "again";
  const std::string job = job_of(submit(run));
  wait_for_an_epoch(job, run);
  const std::vector<pid_t> ranks = foldwaves_of(run);
  ASSERT_EQ(ranks.size(), 3U);
  kill(ranks.back(), SIGKILL);
  ASSERT_TRUE(wait_until([&] { return journals_of(run).size() == 2; })) << log_of(job, run);
  EXPECT_NE(log_of(job, run).find("a rank was killed"), std::string::npos) << log_of(job, run);
  control({"scontrol", "requeue", job});
  expect_completed(job, run);
  EXPECT_EQ(journals_of(run).size(), 3U);
  expect_same_results(whole(), run);
}

TEST_F(Slurm, AJobOfWhichARankHangsStartsItsStepAgain) {
  const fs::path run = root_ / "hangs";
  const std::string job = job_of(submit(run, {}, {"--run.silence_s", "3"}));
  wait_for_an_epoch(job, run);
  ASSERT_FALSE(foldwaves_of(run).empty());
  kill(foldwaves_of(run).back(), SIGSTOP);
  expect_completed(job, run);
  EXPECT_NE(log_of(job, run).find("has not been heard of for 3 s"), std::string::npos) << log_of(job, run);
  EXPECT_NE(log_of(job, run).find("a rank was killed or hung, see above; once more"), std::string::npos)
      << log_of(job, run);
  expect_same_results(whole(), run);
}

TEST_F(Slurm, AJobThatIsToldToStopSavesIsQueuedAgainAndEndsWithTheSameBytes) {
  const fs::path run = root_ / "told";
  const std::string job = job_of(submit(run));
  wait_for_an_epoch(job, run);
  control({"scancel", "--signal=USR2", job});
  expect_completed(job, run);
  expect_saved_and_queued_again(job, run);
  expect_same_results(whole(), run);
}

TEST_F(Slurm, AJobThatIsPushedOutByAHigherPartitionEndsWithTheSameBytes) {
  const fs::path run = root_ / "pushed_out";
  const std::string job = job_of(submit(run));
  wait_for_an_epoch(job, run);
  const std::string output = "--output=" + (root_ / "urgent.log").string();
  const std::string urgent = job_of(finish(
      {"/usr/bin/sbatch", "--partition=urgent", "--nodes=3", "--exclusive", "--time=5", output, "--wrap=sleep 2"}));
  ASSERT_TRUE(wait_until([&] { return has_ended(urgent); }, 240)) << shown(urgent) << shown(job);
  EXPECT_FALSE(has_ended(job)) << shown(job) << log_of(job, run);  // it was there first, and made room
  expect_completed(job, run);
  expect_saved_and_queued_again(job, run);
  expect_same_results(whole(), run);
}

// SLURM looks at its clock every 30 s, and its limits are whole minutes. So the limit of a long job is brought near
// once it trains, time stands still for its ranks until SLURM's warning wakes them, and the limit is taken back.
TEST_F(Slurm, AJobWhoseTimeEndsEndsWithTheSameBytes) {
  const fs::path run = root_ / "limited";
  const std::string job = job_of(submit(run, {}, {"--run.silence_s", "0"}));
  wait_for_an_epoch(job, run);
  const std::vector<pid_t> ranks = foldwaves_of(run);
  ASSERT_EQ(ranks.size(), 3U);
  for (const pid_t rank : ranks) kill(rank, SIGSTOP);
  control({"scontrol", "update", "JobId=" + job, "TimeLimit=5"});
  ASSERT_TRUE(wait_until([&] { return shows(job, "Restarts=1") || has_ended(job); })) << shown(job);
  control({"scontrol", "update", "JobId=" + job, "TimeLimit=20"});
  expect_completed(job, run);
  expect_saved_and_queued_again(job, run);
  expect_same_results(whole(), run);
}

// What stands before the program tells which of the made-up GPUs it is shown, and hides them from it.
TEST_F(Slurm, PrepareInAJobOfItsOwnAndTheRestOnNodesWithGpusEndWithTheSameBytes) {
  const fs::path run = root_ / "chained", prologue = root_ / "wait.sh", go = root_ / "go";
  const fs::path container = root_ / "container.sh", seen = root_ / "seen";
  std::ofstream(prologue) << "while [ ! -e " << go << " ]; do sleep 0.2; done\n";
  std::ofstream(container) << "echo \"$2 $(hostname) <$CUDA_VISIBLE_DEVICES>\" >>" << seen
                           << "\nexport CUDA_VISIBLE_DEVICES=\nexec \"$@\"\n";
  const std::vector<std::string> keys{"--slurm.prepare_partition",
                                      "cpu",
                                      "--slurm.prepare_tasks_per_node",
                                      "2",
                                      "--slurm.gpus_per_node",
                                      "2",
                                      "--slurm.prologue",
                                      prologue.string(),
                                      "--slurm.container",
                                      "sh " + container.string()};
  const std::vector<std::string> jobs = jobs_of(submit(run, {}, keys));
  ASSERT_EQ(jobs.size(), 2U);
  ASSERT_TRUE(wait_until([&] { return shows(jobs[0], "JobState=RUNNING"); })) << shown(jobs[0]);
  control({"scontrol", "requeue", jobs[0]});  // it keeps its number, and the other one waits on
  ASSERT_TRUE(wait_until([&] { return shows(jobs[0], "Restarts=1") && shows(jobs[0], "JobState=RUNNING"); }))
      << shown(jobs[0]);
  EXPECT_TRUE(shows(jobs[1], "JobState=PENDING") && shows(jobs[1], "Reason=Dependency")) << shown(jobs[1]);
  std::ofstream(go) << "now";
  expect_completed(jobs[0], run);
  expect_completed(jobs[1], run);
  const std::vector<Events> journals = journals_of(run);
  ASSERT_EQ(journals.size(), 2U) << log_of(jobs[0], run) << log_of(jobs[1], run);
  EXPECT_FALSE(tells_of(journals[0], "epoch"));
  std::istringstream lines(slurp(seen));
  std::set<std::string> told;  // a start that Open MPI crashed in tells the same twice
  for (std::string line; std::getline(lines, line);) told.insert(line);
  const std::set<std::string> expected{"prepare n1 <>", "run n1 <0,1>", "run n2 <0,1>", "run n3 <0,1>"};
  EXPECT_EQ(told, expected) << slurp(seen);
  expect_same_results(whole(), run);
}

// One of its tasks is queued again under its own number, which does not disturb the others.
TEST_F(Slurm, AnArrayAndWhatGathersItEndWithTheBytesOfOneJob) {
  const fs::path run = root_ / "array";
  const std::vector<std::string> jobs =
      jobs_of(submit(run, {}, {"--slurm.array_tasks", "2", "--slurm.nodes", "1", "--slurm.min_nodes", "1"}));
  ASSERT_EQ(jobs.size(), 3U);
  wait_for_an_epoch(jobs[1], run);
  control({"scontrol", "requeue", jobs[1] + "_1"});
  expect_completed(jobs[2], run);
  for (const char* task : {"_1", "_2"}) {
    EXPECT_TRUE(shows(jobs[1] + task, "JobState=COMPLETED")) << shown(jobs[1] + task);
    EXPECT_NE(log_of(jobs[1] + task, run).find("exit code 0"), std::string::npos) << log_of(jobs[1] + task, run);
  }
  EXPECT_TRUE(shows(jobs[1] + "_2", "Restarts=0")) << shown(jobs[1] + "_2");
  std::set<std::string> parts;
  for (const Events& events : journals_of(run))
    if (tells_of(events, "started")) parts.insert(events[0].at("part"));
  EXPECT_EQ(parts, (std::set<std::string>{"1-of-2", "2-of-2"})) << "the gathering trains nothing";
  expect_same_results(whole(), run);
}

TEST_F(Slurm, ALaunchTellsWhichGpusItsNodesWereGiven) {
  const fs::path run = root_ / "given";
  std::vector<std::string> words{"/usr/bin/srun", "--nodes=2",      "--ntasks-per-node=2", "--gpus-per-node=2",
                                 "--mpi=pmix",    "--immediate=60", FOLDWAVE_PROGRAM};
  std::vector<std::string> arguments = run_arguments(run);
  arguments[0] = "prepare";
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Ending ending = finish(words);
  EXPECT_EQ(ending.code, 0) << ending.err;
  for (const char* said :
       {"world    4 ranks on 2 nodes", "  n1, n2: 2 ranks of 1 thread", "; CUDA_VISIBLE_DEVICES 0,1, no GPU found",
        "warning: n2: was given GPUs (0,1), but CUDA finds none"})
    EXPECT_NE(ending.err.find(said), std::string::npos) << said << "\n" << ending.err;
  const auto environment = nlohmann::json::parse(slurp(run / "environment.json"));
  EXPECT_EQ(environment.at("host_of_rank"), (std::vector<std::string>{"n1", "n1", "n2", "n2"}));
  EXPECT_EQ(environment.at("ranks").at(3).at("gpus_given"), "0,1");
}

TEST_F(Slurm, ARunDirectoryThatIsNotTheSameOnAllNodesIsRefused) {
  std::vector<std::string> words{"/usr/bin/srun", "--nodes=2", "--mpi=pmix", "--immediate=60", FOLDWAVE_PROGRAM};
  const std::vector<std::string> arguments = run_arguments("/tmp/foldwave-own");
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Ending ending = finish(words);
  EXPECT_EQ(ending.code, 2) << ending.err;
  EXPECT_NE(ending.err.find("run.dir '/tmp/foldwave-own' is not the same folder on n2 as on n1: it must be on a file "
                            "system that all nodes share"),
            std::string::npos)
      << ending.err;
}

TEST_F(Slurm, NothingFollowsAPrepareThatFails) {
  const fs::path run = root_ / "failed", prologue = root_ / "fail.sh";
  std::ofstream(prologue) << "exit 3\n";
  const std::vector<std::string> jobs =
      jobs_of(submit(run, {}, {"--slurm.prepare_nodes", "2", "--slurm.prologue", prologue.string()}));
  ASSERT_EQ(jobs.size(), 2U);
  ASSERT_TRUE(wait_until([&] { return has_ended(jobs[1]); })) << shown(jobs[0]) << shown(jobs[1]);
  EXPECT_TRUE(shows(jobs[0], "JobState=FAILED") && shows(jobs[0], "ExitCode=3:0")) << shown(jobs[0]);
  EXPECT_TRUE(shows(jobs[1], "JobState=CANCELLED")) << shown(jobs[1]);
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

// Debian's Open MPI has no PMI-2, and ends the process where it finds no other.
TEST_F(Slurm, AnMpiThatCannotStartUnderThisSrunIsExplained) {
  std::vector<std::string> words{"/usr/bin/srun", "--nodes=2", "--immediate=60", "--mpi=pmi2", FOLDWAVE_PROGRAM};
  const std::vector<std::string> arguments = run_arguments(root_ / "pmi2");
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Ending ending = finish(words);
  EXPECT_NE(ending.code, 0);
  EXPECT_NE(ending.err.find("foldwave: MPI could not start under this srun, see above: try srun --mpi=pmix"),
            std::string::npos)
      << ending.err;
}

// Its first node, that of the job script itself: nobody is left there to start the step again.
TEST_F(Slurm, AJobThatLosesTheNodeOfItsScriptIsQueuedAgain) {
  const fs::path undisturbed = whole(), run = root_ / "first-lost";
  const std::string job = job_of(submit(run, {}, {"--slurm.gpus_per_node", "2"}));
  wait_for_an_epoch(job, run);
  control({"scancel", "--signal=USR1", job});  // where is it?
  ASSERT_TRUE(shows(job, "BatchHost=n1")) << shown(job);
  ASSERT_EQ(finish({tool("virtual-cluster"), "kill", "n1"}).code, 0);
  EXPECT_TRUE(wait_until([&] { return shows(job, "Restarts=1 "); }, 120)) << shown(job) << log_of(job, run);
  EXPECT_EQ(finish({tool("virtual-cluster"), "start", "n1"}).code, 0);
  expect_completed(job, run);
  EXPECT_NE(log_of(job, run).find("n1, the node of the job script itself, is lost: queued again by n"),
            std::string::npos)
      << log_of(job, run);
  SCOPED_TRACE(log_of(job, run));
  expect_same_results(undisturbed, run);
}

// The last one, for the node stays lost.
TEST_F(Slurm, AJobGoesOnWithoutANodeThatIsLost) {
  const fs::path undisturbed = whole(), run = root_ / "lost";
  const std::string job = job_of(submit(run));
  wait_for_an_epoch(job, run);
  ASSERT_EQ(finish({tool("virtual-cluster"), "kill", "n3"}).code, 0);
  expect_completed(job, run);
  EXPECT_NE(log_of(job, run).find("lost: n3"), std::string::npos) << log_of(job, run);
  EXPECT_GT(fs::file_size(run / "ensemble" / "submission.csv"), 100U);
  expect_same_scores(undisturbed, run);
}

}  // namespace
}  // namespace foldwave::pipeline
