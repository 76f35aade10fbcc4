// Models for little data, and what is said where their settings cannot be meant.
#include <cstdio>

#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class LittleData : public Program {
 protected:
  static Ending run_little(int ranks, const fs::path& directory, const std::vector<std::string>& more = {}) {
    std::vector<std::string> options{"--grid.backbones",     "logistic,rbf,mfcc_mlp,cnn_small",
                                     "--model.summary",      "rich",
                                     "--model.window_s",     "1",
                                     "--model.cnn_channels", "4,4,8,8"};
    for (size_t i = 0; i < more.size(); i += 2) {
      const auto known = std::find(options.begin(), options.end(), more[i]);
      if (known != options.end())
        *(known + 1) = more[i + 1];
      else
        options.insert(options.end(), {more[i], more[i + 1]});
    }
    return run(ranks, directory, options);
  }

  static size_t lines_of(const fs::path& path) {
    const std::string text = slurp(path);
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  // One sentence for the user and exit 2, before a run directory is made.
  static void expect_refusal(const std::vector<std::string>& more, const std::vector<std::string>& words) {
    const fs::path directory = root_ / "refused";
    const Ending ending = run_little(1, directory, more);
    EXPECT_EQ(ending.code, 2) << ending.err;
    const size_t begin = ending.err.find("foldwave: ");
    ASSERT_NE(begin, std::string::npos) << ending.err;
    const std::string sentence = ending.err.substr(begin, ending.err.find('\n', begin) - begin);
    for (const std::string& word : words) EXPECT_NE(sentence.find(word), std::string::npos) << sentence;
    EXPECT_EQ(ending.err.find("foldwave: ", begin + 1), std::string::npos) << ending.err;
    EXPECT_FALSE(fs::exists(directory / "config.ini"));
  }
};

TEST_F(LittleData, MakesACompleteSubmissionOnOneRankAndOnTwo) {
  for (const int ranks : {1, 2}) {
    const fs::path directory = root_ / ("little-" + std::to_string(ranks));
    const Ending ending = run_little(ranks, directory, {"--backbone.rbf.summary", "blocks"});
    ASSERT_EQ(ending.code, 0) << ending.err;
    EXPECT_EQ(lines_of(directory / "ensemble" / "submission.csv"), lines_of(root_ / "data" / "test.csv"));
  }
  // The shallow ones do not depend on how the work is spread.
  for (const char* model : {"logistic+none", "rbf+none"})
    expect_same_files(root_ / "little-1" / "trials" / model, root_ / "little-2" / "trials" / model,
                      {"oof.h5", ".safetensors"});
}

TEST_F(LittleData, StacksWithTheSongsThatSoundAlike) {
  const fs::path directory = root_ / "alike";
  const Ending ending = run_little(2, directory, {"--grid.backbones", "logistic", "--stack.neighbours", "2"});
  ASSERT_EQ(ending.code, 0) << ending.err;
  const std::string scores = slurp(directory / "ensemble" / "scores.json");
  const std::string begin = "averaged with the songs most like each song: ";
  const size_t told = scores.find(begin);
  ASSERT_NE(told, std::string::npos) << scores;
  double with = 0, without = 0;
  ASSERT_EQ(std::sscanf(scores.c_str() + told + begin.size(), "%lf with them, %lf without", &with, &without), 2);
  EXPECT_NE(with, without) << "songs have neighbours here, and what is said of them counts";
  EXPECT_EQ(lines_of(directory / "ensemble" / "submission.csv"), lines_of(root_ / "data" / "test.csv"));
  expect_refusal({"--grid.backbones", "mfcc_mlp", "--model.summary", "mfcc", "--model.window_s", "0",
                  "--features.summary", "mfcc", "--stack.neighbours", "2"},
                 {"features.summary", "stack.neighbours"});
}

TEST_F(LittleData, AgainDoesNothingTwiceAndItsCommandsKnowOfEveryModel) {
  const fs::path directory = root_ / "again";
  ASSERT_EQ(run_little(1, directory).code, 0);
  const auto checkpoint = directory / "trials" / "rbf+none" / "seed-1" / "fold-0" / "final.safetensors";
  const auto written = fs::last_write_time(checkpoint);
  ASSERT_EQ(run_little(1, directory).code, 0);
  EXPECT_EQ(fs::last_write_time(checkpoint), written);

  const Ending status = alone({"status", "--run.dir", directory.string()});
  EXPECT_EQ(status.code, 0) << status.err;
  for (const char* model : {"logistic+none", "rbf+none", "mfcc_mlp+none", "cnn_small"})
    EXPECT_NE(status.out.find(model), std::string::npos) << status.out;
  for (const char* command : {"plan", "report"}) {
    auto words = run_arguments(directory, {"--grid.backbones", "logistic,rbf,mfcc_mlp,cnn_small", "--model.summary",
                                           "rich", "--model.window_s", "1", "--model.cnn_channels", "4,4,8,8"});
    words[0] = command;
    const Ending ending = alone(words);
    EXPECT_EQ(ending.code, 0) << command << ": " << ending.err;
  }
}

TEST_F(LittleData, RefusesSettingsOfTheRichSummaryThatCannotBeMeant) {
  expect_refusal({"--model.descriptors", "chroma,loudness"}, {"model.descriptors", "'loudness'", "zero_crossing_rate"});
  expect_refusal({"--model.descriptors", "chroma", "--backbone.rbf.summary", "blocks"},
                 {"model.descriptors", "'chroma'", "blocks", "fluctuation_pattern"});
  expect_refusal({"--model.summary", "mfcc"}, {"model.window_s", "model.summary = rich was expected"});
}

TEST_F(LittleData, RefusesWeightsThatNoModelCanStartFrom) {
  const std::string missing = (root_ / "missing.safetensors").string();
  expect_refusal({"--model.weights", missing}, {"model.weights", "logistic", "takes no weights"});
  expect_refusal({"--grid.backbones", "cnn_small", "--model.weights", missing}, {missing, "no such file"});

  const fs::path other = root_ / "other";
  ASSERT_EQ(run_little(1, other, {"--grid.backbones", "mfcc_mlp,cnn_small"}).code, 0);
  const auto weights_of = [&](const std::string& trial) {
    return (other / "trials" / trial / "seed-1" / "fold-0" / "final.safetensors").string();
  };
  expect_refusal({"--grid.backbones", "cnn_small", "--model.weights", weights_of("mfcc_mlp+none")},
                 {weights_of("mfcc_mlp+none"), "blocks.0.conv1.weight", "[4, 1, 3, 3]"});
  expect_refusal({"--grid.backbones", "cnn_small", "--model.weights", weights_of("cnn_small+noisy"),
                  "--model.cnn_channels", "4,4,8,16"},
                 {weights_of("cnn_small+noisy"), "blocks.3.conv1.weight", "[8, 8, 3, 3]", "[16, 8, 3, 3]"});
}

TEST_F(LittleData, AFeedForwardNetStartsFromACheckpointOfItsOwn) {
  const fs::path first = root_ / "first", second = root_ / "second";
  ASSERT_EQ(run_little(1, first, {"--grid.backbones", "mfcc_mlp"}).code, 0);
  const auto weights = first / "trials" / "mfcc_mlp+none" / "seed-1" / "fold-0" / "final.safetensors";
  const Ending ending = run_little(1, second, {"--grid.backbones", "mfcc_mlp", "--model.weights", weights.string()});
  EXPECT_EQ(ending.code, 0) << ending.err;
}

}  // namespace
}  // namespace foldwave::pipeline
