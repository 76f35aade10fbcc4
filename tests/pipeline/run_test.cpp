#include <algorithm>
#include <set>

#include "foldwave/formats/csv.h"
#include "foldwave/store/store.h"
#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

using Pipeline = Program;

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void expect_complete_submission(const fs::path& run, const fs::path& data) {
  const auto submission = lines_of(run / "ensemble" / "submission.csv"), test = lines_of(data / "test.csv");
  ASSERT_EQ(submission.size(), test.size());
  EXPECT_EQ(submission[0], "song_id,genre_id");
  for (size_t i = 1; i < test.size(); ++i)
    EXPECT_EQ(submission[i].substr(0, submission[i].find(',')), test[i].substr(0, test[i].find(',')));
}

std::vector<float> mfcc_summary_of(const store::FeatureStore& store, int track) {
  std::vector<float> summary(4 * static_cast<size_t>(store.features().n_mfcc));
  store.read_mfcc_summary(track, summary);
  return summary;
}

void expect_same_tracks(const fs::path& a, const fs::path& b, const fs::path& data) {
  const store::FeatureStore one(a / "features"), other(b / "features");
  ASSERT_EQ(one.tracks(), other.tracks());
  for (const char* table : {"train.csv", "test.csv"}) {
    const auto rows = lines_of(data / table);
    for (size_t row = 1; row < rows.size(); ++row) {
      const std::string id = rows[row].substr(0, rows[row].find(','));
      const int x = one.find(id), y = other.find(id);
      ASSERT_GE(x, 0);
      ASSERT_GE(y, 0);
      ASSERT_EQ(one.frames(x), other.frames(y));
      std::vector<float> mel_x(static_cast<size_t>(one.frames(x)) * 128), mel_y(mel_x.size());
      one.read_mel_db(x, 0, mel_x);
      other.read_mel_db(y, 0, mel_y);
      EXPECT_EQ(mel_x, mel_y);
      std::vector<float> wave_x(static_cast<size_t>(one.samples(x))), wave_y(wave_x.size());
      one.read_waveform(x, 0, wave_x);
      other.read_waveform(y, 0, wave_y);
      EXPECT_EQ(wave_x, wave_y);
      EXPECT_EQ(mfcc_summary_of(one, x), mfcc_summary_of(other, y));
    }
  }
}

TEST_F(Pipeline, GivesTheSameFoldsAndFeaturesAndACompleteSubmissionOnAnyNumberOfRanks) {
  for (const int ranks : {1, 2, 4}) {
    const Ending ending = run(ranks, root_ / ("ranks-" + std::to_string(ranks)));
    ASSERT_EQ(ending.code, 0) << ending.err;
    expect_complete_submission(root_ / ("ranks-" + std::to_string(ranks)), root_ / "data");
  }
  for (const char* other : {"ranks-2", "ranks-4"}) {
    EXPECT_EQ(slurp(root_ / "ranks-1" / "folds.csv"), slurp(root_ / other / "folds.csv"));
    expect_same_tracks(root_ / "ranks-1", root_ / other, root_ / "data");
  }
}

TEST_F(Pipeline, TwiceOnTheSameLayoutGivesTheSameBytes) {
  ASSERT_EQ(run(2, root_ / "first").code, 0);
  ASSERT_EQ(run(2, root_ / "second").code, 0);
  expect_same_files(root_ / "first", root_ / "second",
                    {"submission.csv", "oof.h5", "test.h5", ".safetensors", "folds.csv", "scores.json"});
}

TEST_F(Pipeline, PythonOpensWhatItWrites) {
  const char* python = std::getenv("FOLDWAVE_PYTHON");
  if (python == nullptr) GTEST_SKIP() << "FOLDWAVE_PYTHON does not name a Python with h5py and safetensors";
  ASSERT_EQ(run(2, root_ / "python", {"--folds.only", "0"}).code, 0);
  const Ending ending = finish({python, FOLDWAVE_OPEN_RUN, (root_ / "python").string()});
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(ending.out.find("2 checkpoints"), std::string::npos) << ending.out;
}

TEST_F(Pipeline, AGroupOfRanksTrainsOneTrialTogether) {
  const Ending ending = run(2, root_ / "group", {"--run.ranks_per_trial", "2", "--folds.only", "1"});
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_TRUE(fs::exists(root_ / "group" / "trials" / "resnet18+noisy" / "seed-1" / "fold-1" / "final.safetensors"));
  EXPECT_FALSE(fs::exists(root_ / "group" / "trials" / "resnet18+noisy" / "seed-1" / "fold-0"));
}

// Column `name` of a trial's metrics.csv, rows without it left out.
std::vector<double> logged(const fs::path& run, const std::string& trial, const std::string& name) {
  const auto metrics = formats::read_csv(run / "trials" / trial / "seed-1" / "fold-1" / "metrics.csv");
  const size_t column = metrics.require_column(name);
  std::vector<double> values;
  for (size_t row = 0; row < metrics.rows.size(); ++row)
    if (const auto field = metrics.field(row, column); !field.empty()) values.push_back(std::stod(std::string(field)));
  return values;
}

// Over the MPI that users have: mixtures with class weights, batches that do not divide, BatchNorm over all ranks.
TEST_F(Pipeline, AGroupOfRanksLosesAtEachStepWhatOneRankLoses) {
  const auto losses_on = [](int ranks) {
    const fs::path directory = root_ / ("losses-" + std::to_string(ranks));
    const Ending ending = run(ranks, directory,
                              {"--run.ranks_per_trial",
                               std::to_string(ranks),
                               "--folds.only",
                               "1",
                               "--grid.backbones",
                               "mfcc_mlp,cnn_small,convnext_tiny",
                               "--model.cnn_channels",
                               "4,4,8,8",
                               "--train.epochs",
                               "2",
                               "--train.batch",
                               "5",
                               "--train.lr",
                               "0.0001",
                               "--train.precision",
                               "fp32",
                               "--train.log_steps",
                               "1",
                               "--train.class_weights",
                               "balanced",
                               "--augment.noisy.mixup_probability",
                               "0.7"});
    EXPECT_EQ(ending.code, 0) << ending.err;
    return directory;
  };
  const fs::path alone = losses_on(1);
  for (const int ranks : {2, 4}) {
    const fs::path group = losses_on(ranks);
    for (const char* trial : {"mfcc_mlp+none", "cnn_small+noisy", "convnext_tiny+noisy"}) {
      const auto expected = logged(alone, trial, "train_loss_step"), got = logged(group, trial, "train_loss_step");
      ASSERT_EQ(got.size(), expected.size()) << trial;
      ASSERT_GE(got.size(), 3U) << trial;
      for (size_t i = 0; i < got.size(); ++i)
        EXPECT_NEAR(got[i], expected[i], 1e-3) << trial << " on " << ranks << " ranks, step " << i;
    }
  }
}

TEST_F(Pipeline, AgainInAFinishedDirectoryDoesNothingTwice) {
  const fs::path directory = root_ / "again";
  ASSERT_EQ(run(1, directory, {}).code, 0);
  const auto checkpoint = directory / "trials" / "mfcc_mlp+none" / "seed-1" / "fold-0" / "final.safetensors";
  const auto written = fs::last_write_time(checkpoint),
             shard_written = fs::last_write_time(directory / "features" / "index.h5");
  // A backbone more: its trials alone are new.
  ASSERT_EQ(run(1, directory).code, 0);
  EXPECT_EQ(fs::last_write_time(checkpoint), written);
  EXPECT_EQ(fs::last_write_time(directory / "features" / "index.h5"), shard_written);
  EXPECT_TRUE(fs::exists(directory / "trials" / "resnet18+noisy" / "seed-1" / "fold-0" / "final.safetensors"));
}

TEST_F(Pipeline, ANetworkThatIsGoneIsTrainedAgainAndAskedAgain) {
  const fs::path directory = root_ / "gone";
  ASSERT_EQ(run(1, directory, {}).code, 0);
  const fs::path trial = directory / "trials" / "mfcc_mlp+none" / "seed-1" / "fold-0";
  const auto answered = fs::last_write_time(trial / "test.h5");
  fs::remove(trial / "final.safetensors");
  ASSERT_EQ(run(1, directory, {}).code, 0);
  EXPECT_TRUE(fs::exists(trial / "final.safetensors"));
  EXPECT_NE(fs::last_write_time(trial / "test.h5"), answered);
}

TEST_F(Pipeline, APlanRefusesWhatARunWouldRefuse) {
  const fs::path directory = root_ / "planned";
  ASSERT_EQ(run(1, directory, {"--grid.backbones", "mfcc_mlp"}).code, 0);
  const auto plan = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = run_arguments(directory, {"--grid.backbones", "mfcc_mlp"});
    words[0] = "plan";
    words.insert(words.end(), more.begin(), more.end());
    return alone(words);
  };
  EXPECT_EQ(plan({}).code, 0);
  const Ending features = plan({"--features.n_mfcc", "13"});
  EXPECT_EQ(features.code, 2);
  EXPECT_NE(features.err.find("features.n_mfcc = 13 (was 20)"), std::string::npos) << features.err;
  const Ending model = plan({"--model.hidden", "8"});
  EXPECT_EQ(model.code, 2);
  EXPECT_NE(model.err.find("was begun with other settings: model.hidden = 8"), std::string::npos) << model.err;
}

TEST_F(Pipeline, SettingsThatCannotBeMeantAreRefusedByAPlanAsByARun) {
  const fs::path directory = root_ / "unmeant";
  for (const std::vector<std::string>& more : {std::vector<std::string>{"--features.fmax", "90000"},
                                               {"--train.head_epochs", "300"},
                                               {"--features.summary", "mfcc", "--model.summary", "rich"},
                                               {"--stack.inputs", "nowhere.csv"},
                                               {"--grid.search", "halving", "--grid.rungs", "9000"}}) {
    std::vector<std::string> words = run_arguments(directory, {"--grid.backbones", "mfcc_mlp"});
    words.insert(words.end(), more.begin(), more.end());
    const Ending ran = alone(words);
    words[0] = "plan";
    const Ending planned = alone(words);
    EXPECT_EQ(ran.code, 2) << more[0] << ": " << ran.err;
    EXPECT_EQ(planned.code, 2) << more[0] << ": " << planned.err;
    EXPECT_EQ(planned.err, ran.err) << more[0];
  }
}

TEST_F(Pipeline, ItsStagesAreCommandsOfTheirOwn) {
  const fs::path directory = root_ / "stages";
  for (const char* stage : {"prepare", "train", "predict", "stack"}) {
    auto words = run_arguments(directory, {"--folds.only", "0"});
    words[0] = stage;
    const Ending ending = finish(under_mpirun(2, words));
    ASSERT_EQ(ending.code, 0) << stage << ": " << ending.err;
  }
  const Ending status = alone({"status", "--run.dir", directory.string()});
  EXPECT_EQ(status.code, 0) << status.err;
  EXPECT_NE(status.out.find("resnet18+noisy"), std::string::npos) << status.out;
}

}  // namespace
}  // namespace foldwave::pipeline
