#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "made_up_run.h"

namespace foldwave::report {
namespace {

TEST(Status, IsATableOfStagesTrialsAndScores) {
  EXPECT_EQ(status_text(test::finished_run()), R"(runs/demo
  1 launch, the last on node1 with 2 ranks, 2026-11-24 22:40:00 UTC: done

  stage    state    took  outcome
  prepare  done   12.3 s  12 tracks
  train    done   77.0 s  4 trials

  model                  finished  running  pending  failed  validation F1    took
  mfcc_mlp/seed-1             2/2        0        0       0          0.500  40.0 s
  resnet18+noise/seed-1       2/2        0        0       0          0.500  40.0 s

     score            OOF macro F1        folds
     mfcc_mlp        0.500 ± 0.050  0.45 – 0.55
     resnet18+noise  0.600 ± 0.040  0.58 – 0.62
  *  geometric       0.650 ± 0.030  0.60 – 0.70
  * chosen: geometric is best
  submission: 3 songs
)");
}

TEST(Status, CountsAFitOnAllRowsButHasNoF1OfIt) {
  const std::string text = status_text(test::run_with_refit());
  EXPECT_NE(text.find("mfcc_mlp/seed-1             3/3        0        0       0          0.500  60.0 s\n"),
            std::string::npos)
      << text;
  const auto json = nlohmann::json::parse(status_json(test::run_with_refit()));
  EXPECT_EQ(json["trials"][2]["id"], "mfcc_mlp/seed-1/fold-all");
  EXPECT_TRUE(json["trials"][2]["valid_macro_f1"].is_null());
}

TEST(Status, OfAHalfFinishedRunNamesWhatRunsFailedAndIsMissing) {
  const std::string text = status_text(test::half_finished_run());
  EXPECT_NE(
      text.find("  running  mfcc_mlp/seed-1/fold-1: epoch 3 of 10, best F1 0.625, 5.0 s an epoch, 35.0 s left, group 1 "
                "on node1\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("  failed   resnet18+noise/seed-1/fold-0: loss is nan\n"), std::string::npos);
  EXPECT_NE(text.find("  1 of 4 trials finished: 1 running, 1 pending, 1 failed.\n"), std::string::npos);
}

TEST(Status, TellsHowFarATrialHasComeThatWaits) {
  ReportInput input = test::half_finished_run();
  journal::TrialRecord& trial = input.record.trials.at("mfcc_mlp/seed-1/fold-1");
  const auto told = [&](const char* what) {
    const auto all = nlohmann::json::parse(status_json(input));
    for (const auto& each : all["trials"])
      if (each["epoch"] == 3) return each[what];
    return nlohmann::json();
  };
  EXPECT_EQ(told("seconds_per_epoch"), 5.0);
  EXPECT_EQ(told("seconds_left"), 35.0);
  trial.state = journal::TrialState::pending;
  EXPECT_TRUE(told("seconds_left").is_null());
  EXPECT_NE(status_text(input).find("  begun    mfcc_mlp/seed-1/fold-1: epoch 3 of 10, best F1 0.625\n"),
            std::string::npos)
      << status_text(input);
}

TEST(Status, SaysSoWhereNothingIsHeardOfARunningLaunch) {
  ReportInput input = test::half_finished_run();
  input.record.launches.back().ending = "";
  EXPECT_NE(status_text(input).find(": running\n"), std::string::npos) << status_text(input);
  input.record.launches.back().silent_s = 34;
  EXPECT_NE(status_text(input).find(": running, or lost: its lease was last renewed 34.0 s ago\n"), std::string::npos)
      << status_text(input);
}

TEST(Status, MarksScoresOfModelsThatWereChosenByTheSongsTheyAreScoredOn) {
  EXPECT_EQ(status_text(test::finished_run()).find("optimistic"), std::string::npos);
  ReportInput input = test::finished_run();
  input.scores[0].optimistic = true;
  const std::string text = status_text(input);
  EXPECT_NE(text.find("  mfcc_mlp (optimistic)"), std::string::npos) << text;
  EXPECT_NE(text.find("  optimistic: an epoch was chosen by the songs that are scored\n"), std::string::npos) << text;
  EXPECT_EQ(nlohmann::json::parse(status_json(input))["scores"][0]["optimistic"], true);
}

TEST(Status, LetsNoNameControlTheTerminal) {
  ReportInput input = test::finished_run();
  input.scores[0].name = "evil\x1B[2J";
  EXPECT_EQ(status_text(input).find('\x1B'), std::string::npos);
}

TEST(Status, AsJsonHasEveryTrialAndScore) {
  const auto json = nlohmann::json::parse(status_json(test::half_finished_run()));
  EXPECT_EQ(json["trials"].size(), 4u);
  EXPECT_EQ(json["trials"][2]["state"], "failed");
  EXPECT_EQ(json["trials"][2]["message"], "loss is nan");
  EXPECT_EQ(json["scores"].size(), 0u);
  EXPECT_EQ(nlohmann::json::parse(status_json(test::finished_run()))["scores"][2]["chosen"], true);
}

TEST(Status, OfAHalvedRunMissesNothingOfWhatWasDropped) {
  ReportInput input = test::half_finished_run();
  input.record.trials["mfcc_mlp/seed-1/fold-1"].state = journal::TrialState::finished;
  for (const char* id : {"resnet18+noise/seed-1/fold-0", "resnet18+noise/seed-1/fold-1"})
    input.record.trials[id].state = journal::TrialState::dropped;
  const std::string text = status_text(input);
  EXPECT_EQ(text.find("4 trials finished"), std::string::npos) << text;
  input.record.trials["mfcc_mlp/seed-1/fold-1"].state = journal::TrialState::pending;
  EXPECT_NE(status_text(input).find("1 of 4 trials finished: 0 running, 1 pending, 0 failed, 2 dropped."),
            std::string::npos);
}

}  // namespace
}  // namespace foldwave::report
