// Every way to stop a run: all ranks of a group end at the same step, with everything saved, and the same command goes
// on.
#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

constexpr int kStopped = 75;
constexpr double kPatience_s = 30;  // a step of these is far below a second; 20 s are promised

// One trial on a group of two ranks. Its only checkpoints are those of the stops, where nothing else is asked for.
class Stop : public Program {
 protected:
  static std::vector<std::string> options(const std::vector<std::string>& more) {
    std::vector<std::string> words{"--grid.backbones",      "cnn_small", "--model.cnn_channels", "4,4,8,8",
                                   "--folds.only",          "0",         "--train.epochs",       "80",
                                   "--train.log_steps",     "1",         "--train.checkpoint_s", "3600",
                                   "--run.ranks_per_trial", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Launch launch(const fs::path& run, const std::vector<std::string>& more = {},
                       const std::vector<std::string>& environment = {}) {
    auto words = under_mpirun(2, run_arguments(run, options(more)));
    for (const std::string& variable : environment) words.insert(words.begin() + 1, {"-x", variable});
    return Launch(start(words, root_ / "out", root_ / "err"));
  }
  static fs::path trial(const fs::path& run) { return run / "trials" / "cnn_small+noisy" / "seed-1" / "fold-0"; }
  // Steps of the newest checkpoint; 0 where there is none.
  static int saved_steps(const fs::path& run) {
    int newest = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(trial(run), error)) {
      const std::string name = entry.path().filename();
      if (name.starts_with("last-") && name.ends_with(".safetensors"))
        newest = std::max(newest, std::stoi(name.substr(5)));
    }
    return newest;
  }
  static int logged_steps(const fs::path& run) {
    std::ifstream metrics(trial(run) / "metrics.csv");
    std::string line, header;
    std::getline(metrics, header);
    const auto column = [](const std::string& text, int number) {
      std::istringstream fields(text);
      std::string field;
      for (int i = 0; i <= number; ++i) std::getline(fields, field, ',');
      return field;
    };
    int of_loss = 0, of_step = 0;
    for (int i = 0; i < 30; ++i) {
      if (column(header, i) == "train_loss_step") of_loss = i;
      if (column(header, i) == "step") of_step = i;
    }
    int steps = 0;
    while (std::getline(metrics, line))
      if (!column(line, of_loss).empty()) steps = std::max(steps, std::stoi(column(line, of_step)) + 1);
    return steps;
  }
  // Until the launch that was started behind `launches` others has done an epoch.
  static bool has_trained(Launch& launch, const fs::path& run, size_t launches) {
    return wait_until([&] {
      const auto journals = journals_of(run);
      return launch.has_ended() || (journals.size() > launches && tells_of(journals.back(), "epoch"));
    });
  }
  static bool writes_checkpoint(const fs::path& run) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(trial(run), error)) {
      const std::string name = entry.path().filename();
      if (name.starts_with("last-") && !name.ends_with(".safetensors")) return true;
    }
    return false;
  }
  static void expect_stopped_and_saved(Launch& stopped, const fs::path& run, int saved_before, const std::string& how) {
    ASSERT_TRUE(stopped.ends_within(kPatience_s)) << how;
    EXPECT_EQ(stopped.code(), kStopped) << how << ": " << slurp(root_ / "err");
    EXPECT_NE(slurp(root_ / "err").find("the same command goes on"), std::string::npos) << slurp(root_ / "err");
    EXPECT_GT(saved_steps(run), saved_before) << how;
    EXPECT_EQ(saved_steps(run), logged_steps(run)) << how;  // not one step is lost
    EXPECT_EQ(journals_of(run).back().back().value("ending", ""), "stopped") << how;
  }
};

bool is_predicting(const fs::path& run, size_t launch) {
  const auto journals = journals_of(run);
  return journals.size() > launch && std::any_of(journals.back().begin(), journals.back().end(), [](const auto& told) {
           return told.at("event") == "stage" && told.at("name") == "predict";
         });
}

TEST_F(Stop, WhileItValidatesOrPredictsLeavesTheAnswersToTheNextLaunch) {
  const std::vector<std::string> slow{"--train.epochs", "1", "--predict.crops", "1024", "--train.checkpoint_s", "0"};
  const fs::path whole = root_ / "whole-validation", stopped = root_ / "stopped-validation";
  Launch undisturbed = launch(whole, slow);
  ASSERT_TRUE(undisturbed.ends_within(600));
  ASSERT_EQ(undisturbed.code(), 0) << slurp(root_ / "err");
  const int steps = logged_steps(whole);
  Launch under_way = launch(stopped, slow);
  ASSERT_TRUE(wait_until([&] { return under_way.has_ended() || saved_steps(stopped) == steps; }));
  for (const auto& [rank, process] : ranks_of(stopped))
    if (rank == 1) kill(process, SIGUSR2);
  ASSERT_TRUE(under_way.ends_within(kPatience_s));
  EXPECT_EQ(under_way.code(), kStopped) << slurp(root_ / "err");
  EXPECT_EQ(saved_steps(stopped), steps);
  EXPECT_FALSE(tells_of(journals_of(stopped).back(), "epoch")) << "it was judged before it was stopped";
  Launch next = launch(stopped, slow);
  ASSERT_TRUE(wait_until([&] { return next.has_ended() || is_predicting(stopped, 1); }));
  sleep_s(0.5);
  for (const auto& [rank, process] : ranks_of(stopped))
    if (rank == 1) kill(process, SIGUSR2);
  ASSERT_TRUE(next.ends_within(kPatience_s));
  EXPECT_EQ(next.code(), kStopped) << slurp(root_ / "err");
  EXPECT_FALSE(tells_of(journals_of(stopped).back(), "predicted")) << "it was asked to its end";
  Launch last = launch(stopped, slow);
  ASSERT_TRUE(last.ends_within(600));
  EXPECT_EQ(last.code(), 0) << slurp(root_ / "err");
  expect_same_files(whole / "trials", stopped / "trials", {".safetensors", ".h5"});
}

struct Way {
  const char* name;
  int signal;
  int to;  // a rank; -1: mpirun, which passes it on; 2: both ranks
  bool twice;
};

TEST_F(Stop, BySignalOrTimeSavesAllAndTheSameCommandEndsWithTheSameBytes) {
  const fs::path whole = root_ / "whole", stopped = root_ / "stopped";
  Launch undisturbed = launch(whole);
  ASSERT_TRUE(undisturbed.ends_within(600));
  ASSERT_EQ(undisturbed.code(), 0) << slurp(root_ / "err");
  for (const Way& way :
       {Way{"SIGUSR2 to mpirun", SIGUSR2, -1, false}, Way{"SIGTERM to rank 1", SIGTERM, 1, false},
        Way{"SIGINT to both ranks, twice", SIGINT, 2, true}, Way{"SIGUSR2 to rank 0, twice", SIGUSR2, 0, true}}) {
    const size_t launches = journals_of(stopped).size();
    const int before = saved_steps(stopped);
    Launch under_way = launch(stopped);
    ASSERT_TRUE(has_trained(under_way, stopped, launches) && !under_way.has_ended()) << slurp(root_ / "err");
    const auto ranks = ranks_of(stopped);
    for (int time = 0; time < (way.twice ? 2 : 1); ++time) {
      if (way.to < 0) kill(under_way.process(), way.signal);
      for (const auto& [rank, process] : ranks)
        if (way.to == 2 || way.to == rank) kill(process, way.signal);
      if (way.twice) sleep_s(0.02);
    }
    expect_stopped_and_saved(under_way, stopped, before, way.name);
    if (HasFatalFailure()) return;
  }
  const int before = saved_steps(stopped);
  Launch limited = launch(stopped, {"--run.time_limit_s", "3"});
  ASSERT_TRUE(limited.ends_within(120));
  EXPECT_EQ(limited.code(), kStopped) << slurp(root_ / "err");
  EXPECT_GE(saved_steps(stopped), before);
  Launch last = launch(stopped);
  ASSERT_TRUE(last.ends_within(600));
  ASSERT_EQ(last.code(), 0) << slurp(root_ / "err");
  expect_same_files(whole, stopped, {".safetensors", "oof.h5", "test.h5", "submission.csv"});
}

// Two groups of one rank each, of which one alone is told.
TEST_F(Stop, OfOneRankStopsTheOtherGroupsToo) {
  const fs::path run = root_ / "groups";
  const std::vector<std::string> more{"--run.ranks_per_trial", "1", "--grid.seeds", "1,2", "--train.epochs", "4000"};
  Launch under_way = launch(run, more);
  ASSERT_TRUE(has_trained(under_way, run, 0) && !under_way.has_ended()) << slurp(root_ / "err");
  for (const auto& [rank, process] : ranks_of(run))
    if (rank == 1) kill(process, SIGUSR2);
  ASSERT_TRUE(under_way.ends_within(kPatience_s));
  EXPECT_EQ(under_way.code(), kStopped) << slurp(root_ / "err");
  for (const char* seed : {"seed-1", "seed-2"}) {
    bool saved = false;
    for (const auto& entry : fs::directory_iterator(run / "trials" / "cnn_small+noisy" / seed / "fold-0"))
      saved = saved || entry.path().filename().string().starts_with("last-");
    EXPECT_TRUE(saved) << seed;
  }
}

TEST_F(Stop, WhileACheckpointIsWrittenWaitsForIt) {
  const fs::path run = root_ / "in-checkpoint";
  for (const bool again : {false, true}) {
    const int before = saved_steps(run);
    Launch under_way = launch(run, {"--train.checkpoint_s", "0"},
                              {"LD_PRELOAD=" FOLDWAVE_FAULT, "FOLDWAVE_FAULT=/last-", "FOLDWAVE_FAULT_HOW=slow"});
    ASSERT_TRUE(wait_until([&] { return under_way.has_ended() || writes_checkpoint(run); }));
    kill(under_way.process(), SIGUSR2);
    sleep_s(0.1);
    if (again) kill(under_way.process(), SIGUSR2);
    expect_stopped_and_saved(under_way, run, before, "SIGUSR2 in a checkpoint");
    if (HasFatalFailure()) return;
  }
  EXPECT_FALSE(writes_checkpoint(run));
}

// mpirun kills its ranks a second after a SIGINT or SIGTERM.
TEST_F(Stop, OfMpirunLosesAtMostWhatCameAfterTheLastCheckpoint) {
  const fs::path run = root_ / "interrupted";
  for (const int signal : {SIGINT, SIGTERM}) {
    const size_t launches = journals_of(run).size();
    Launch under_way = launch(run, {"--train.checkpoint_s", "0"});
    ASSERT_TRUE(has_trained(under_way, run, launches) && !under_way.has_ended()) << slurp(root_ / "err");
    const int saved = saved_steps(run);
    kill(under_way.process(), signal);
    ASSERT_TRUE(under_way.ends_within(kPatience_s));
    EXPECT_NE(under_way.code(), 0);
    EXPECT_GE(saved_steps(run), saved);
    ASSERT_TRUE(wait_until([&] { return ranks_of(run).empty(); }, 10));
  }
  const int saved = saved_steps(run);
  Launch last = launch(run);
  ASSERT_TRUE(last.ends_within(600));
  EXPECT_EQ(last.code(), 0) << slurp(root_ / "err");
  const Events events = journals_of(run).back();
  const auto epoch = std::find_if(events.begin(), events.end(), [](const auto& e) { return e.at("event") == "epoch"; });
  ASSERT_NE(epoch, events.end());
  constexpr int kStepsAnEpoch = 2;
  EXPECT_GE(epoch->at("epoch").get<int>() * kStepsAnEpoch, saved);  // the last step of an epoch is saved before its end
}

}  // namespace
}  // namespace foldwave::pipeline
