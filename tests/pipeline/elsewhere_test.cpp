// Networks without their run, and predictions without their networks.
#include <algorithm>
#include <cmath>

#include "foldwave/catalog/predictions.h"
#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class Elsewhere : public Program {
 protected:
  static void SetUpTestSuite() {
    Program::SetUpTestSuite();
    run_ = root_ / "run";
    const Ending ending = run(2, run_, {"--stack.method", "weighted", "--predict.crops", "2"});
    ASSERT_EQ(ending.code, 0) << ending.err;
    // Nothing but the songs and their table is where they are asked about.
    fs::create_directories(root_ / "new");
    fs::copy(root_ / "data" / "audio", root_ / "new" / "audio", fs::copy_options::recursive);
    fs::copy_file(root_ / "data" / "test.csv", root_ / "new" / "songs.csv");
  }

  static Ending ask(int ranks, const fs::path& directory, const std::vector<std::string>& more = {},
                    const std::string& which = "*+*/seed-1/fold-*", const std::string& songs = "songs.csv") {
    std::vector<std::string> words{"predict",
                                   "--run.dir",
                                   directory.string(),
                                   "--predict.checkpoints",
                                   (run_ / "trials" / which / "final.safetensors").string(),
                                   "--data.test",
                                   (root_ / "new" / songs).string()};
    words.insert(words.end(), more.begin(), more.end());
    return finish(under_mpirun(ranks, words));
  }

  static std::vector<float> probability(const fs::path& directory) {
    return catalog::read_predictions(directory / "ensemble" / "test.h5").probability;
  }

  static void expect_close(const std::vector<float>& a, const std::vector<float>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5) << i;
  }

  static inline fs::path run_;
};

TEST_F(Elsewhere, CheckpointsAloneSayWhatTheirRunSaid) {
  const Ending ending = ask(2, root_ / "asked", {"--predict.meta_model", (run_ / "ensemble/meta_model.json").string()});
  ASSERT_EQ(ending.code, 0) << ending.err;
  expect_close(probability(root_ / "asked"), probability(run_));
  for (const char* name : {"submission.csv", "probabilities.csv"})
    EXPECT_EQ(slurp(root_ / "asked/ensemble" / name), slurp(run_ / "ensemble" / name)) << name;
}

// The run's meta-model, but with two neighbours.
void write_neighbourly_meta_model(const fs::path& run, const fs::path& file) {
  std::string meta = slurp(run / "ensemble/meta_model.json");
  const size_t at = meta.find("\"neighbours\": 0");
  ASSERT_NE(at, std::string::npos) << meta.substr(0, 500);
  std::ofstream(file) << meta.replace(at, 15, "\"neighbours\": 2");
}

TEST_F(Elsewhere, ManySongsAreAnsweredWithTheirNeighbours) {
  ASSERT_NO_FATAL_FAILURE(
      make_music(root_ / "new/many", "--tracks 330 --seconds 1 --genres 3 --test-share 0.75 --seed 8"));
  write_neighbourly_meta_model(run_, root_ / "many.json");
  std::vector<std::vector<float>> answers;
  for (const fs::path& meta : {run_ / "ensemble/meta_model.json", root_ / "many.json"}) {
    const fs::path directory = root_ / ("many-" + std::to_string(answers.size()));
    const Ending ending =
        ask(2, directory, {"--predict.meta_model", meta.string()}, "*+*/seed-1/fold-*", "many/test.csv");
    ASSERT_EQ(ending.code, 0) << ending.err;
    EXPECT_EQ(ending.err.find("is answered alone"), std::string::npos) << ending.err;
    answers.push_back(probability(directory));
  }
  ASSERT_EQ(answers[0].size(), answers[1].size());
  ASSERT_GE(answers[0].size(), 3U * 240);
  size_t moved = 0;
  for (size_t song = 0; song < answers[1].size() / 3; ++song) {
    const float* p = &answers[1][3 * song];
    EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-5);
    if (std::abs(p[0] - answers[0][3 * song]) > 1e-3) ++moved;
  }
  EXPECT_GT(moved, answers[1].size() / 3 / 10);  // without them none
}

TEST_F(Elsewhere, AFewSongsAreAnsweredAloneWhateverTheMetaModelSaysOfNeighbours) {
  write_neighbourly_meta_model(run_, root_ / "meta.json");
  const Ending ending = ask(2, root_ / "few", {"--predict.meta_model", (root_ / "meta.json").string()});
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(ending.err.find("is answered alone"), std::string::npos) << ending.err;
  expect_close(probability(root_ / "few"), probability(run_));
}

TEST_F(Elsewhere, TheNumberOfRanksChangesNoByte) {
  ASSERT_EQ(ask(1, root_ / "one").code, 0);
  ASSERT_EQ(ask(3, root_ / "three").code, 0);
  expect_same_files(root_ / "one", root_ / "three", {"submission.csv", "probabilities.csv", "test.h5"});
}

TEST_F(Elsewhere, AFileThatCannotBeUsedGetsTheClassPriorAndALineInTheQuarantine) {
  std::ofstream(root_ / "new/audio/noise.flac") << "no music at all";
  // More than can be used, for the submission is to be complete whatever came in.
  std::string broken;
  for (int i = 0; i < 20; ++i) broken += "noise-" + std::to_string(i) + ",noise.flac,audio/noise.flac\n";
  broken += "silent,noise.flac,audio/noise.flac\n";
  const std::string songs = slurp(root_ / "new/songs.csv");
  std::ofstream(root_ / "new/broken.csv") << songs << broken;
  std::ofstream(root_ / "new/all_broken.csv") << songs.substr(0, songs.find('\n') + 1) << broken;
  const Ending ending = ask(2, root_ / "broken", {}, "mfcc_mlp+none/seed-1/fold-0", "broken.csv");
  ASSERT_EQ(ending.code, 0) << ending.err;
  const std::string csv = slurp(root_ / "broken/ensemble/submission.csv");
  EXPECT_NE(csv.find("\nsilent,"), std::string::npos) << csv;
  EXPECT_NE(slurp(root_ / "broken/quarantine.csv").find("silent,audio/noise.flac"), std::string::npos);
  const std::vector<float> all = probability(root_ / "broken");
  // Three genres of 12 songs each, 9 of them for training and half of those in this fold.
  for (int k = 0; k < 3; ++k) EXPECT_NEAR(all[all.size() - 3 + k], 1.0 / 3, 0.1);
  const Ending hopeless = ask(2, root_ / "hopeless", {}, "mfcc_mlp+none/seed-1/fold-0", "all_broken.csv");
  EXPECT_EQ(hopeless.code, 1);
  EXPECT_NE(hopeless.err.find("21 of 21 audio files cannot be used"), std::string::npos) << hopeless.err;
}

TEST_F(Elsewhere, CheckpointsAreRefusedInASentence) {
  const auto refusal = [&](const std::vector<std::string>& more, const std::string& which) {
    const Ending ending = ask(2, root_ / "refused", more, which);
    EXPECT_EQ(ending.code, 2) << ending.err;
    EXPECT_FALSE(fs::exists(root_ / "refused"));
    return ending.err;
  };
  const std::string one = "resnet18+noisy/seed-1/fold-0";
  EXPECT_NE(refusal({}, "nowhere").find("there is no file"), std::string::npos);
  EXPECT_NE(refusal({"--features.n_mels", "64"}, one).find("features.n_mels is 128 there and 64 here"),
            std::string::npos);
  EXPECT_NE(refusal({"--stack.method", "logistic"}, one).find("predict.meta_model"), std::string::npos);
  EXPECT_NE(refusal({"--predict.meta_model", (run_ / "ensemble/meta_model.json").string()}, one)
                .find("the meta-model was made for"),
            std::string::npos);
  const fs::path cut = run_ / "trials/cut+file/seed-1/fold-0/final.safetensors";
  fs::create_directories(cut.parent_path());
  const std::string whole = slurp(run_ / "trials" / one / "final.safetensors");
  std::ofstream(cut, std::ios::binary) << whole.substr(0, whole.size() / 2);
  EXPECT_NE(refusal({}, "cut+file/seed-1/fold-0").find(cut.string()), std::string::npos);
  fs::remove_all(run_ / "trials/cut+file");
}

TEST_F(Elsewhere, TheResolvedConfigOfARunStartsItAgain) {
  const Ending ending = alone({"run", "--config", (run_ / "config.ini").string(), "--quiet"});
  EXPECT_EQ(ending.code, 0) << ending.err;
}

// OOF and test predictions of the run as other programs would leave them: CSV, a file a model, rows in another order.
void write_csv(const fs::path& path, const std::vector<catalog::PredictionTable>& tables, int divide_by) {
  std::ofstream file(path);
  file << "song_id,2,0,1\n";
  const catalog::PredictionTable& first = tables.front();
  if (divide_by == 1) {
    for (const auto& table : tables)
      for (size_t row = table.rows(); row-- > 0;)
        file << table.song_id[row] << ',' << table.probability[row * 3 + 2] << ',' << table.probability[row * 3] << ','
             << table.probability[row * 3 + 1] << '\n';
    return;
  }
  for (size_t row = 0; row < first.rows(); ++row) {
    file << first.song_id[row];
    for (const size_t k : {2, 0, 1}) {
      double sum = 0;
      for (const auto& table : tables) sum += table.probability[row * 3 + k];
      file << ',' << sum / divide_by;
    }
    file << '\n';
  }
}

TEST_F(Elsewhere, PredictionsAloneAreStackedAsTheirRunWas) {
  std::string oof, test;
  for (const std::string model : {"mfcc_mlp+none", "resnet18+noisy"}) {
    std::vector<catalog::PredictionTable> folds, tests;
    for (const char* fold : {"fold-0", "fold-1"}) {
      const fs::path directory = run_ / "trials" / model / "seed-1" / fold;
      folds.push_back(catalog::read_predictions(directory / "oof.h5"));
      tests.push_back(catalog::read_predictions(directory / "test.h5"));
    }
    write_csv(root_ / (model + ".csv"), folds, 1);
    write_csv(root_ / (model + "_test.csv"), tests, 2);
    oof += (oof.empty() ? "" : ",") + (root_ / (model + ".csv")).string();
    test += (test.empty() ? "" : ",") + (root_ / (model + "_test.csv")).string();
  }
  const Ending ending =
      alone({"stack", "--run.dir", (root_ / "stacked").string(), "--data.train", (root_ / "data/train.csv").string(),
             "--data.test", (root_ / "data/test.csv").string(), "--data.group", "track", "--folds.count", "2",
             "--stack.method", "weighted", "--stack.inputs", oof, "--stack.test_inputs", test});
  ASSERT_EQ(ending.code, 0) << ending.err;
  expect_close(probability(root_ / "stacked"), probability(run_));
  EXPECT_EQ(slurp(root_ / "stacked/ensemble/submission.csv"), slurp(run_ / "ensemble/submission.csv"));
}

TEST_F(Elsewhere, PredictionsJoinThoseOfTheRunsOwnTrials) {
  const std::vector<std::string> folds{(run_ / "trials/resnet18+noisy/seed-1/fold-?/oof.h5").string(),
                                       (run_ / "trials/resnet18+noisy/seed-1/fold-?/test.h5").string()};
  std::vector<std::string> words =
      run_arguments(run_, {"--stack.inputs", folds[0], "--stack.test_inputs", folds[1], "--predict.crops", "2"});
  words.front() = "stack";
  const Ending ending = alone(words);
  ASSERT_EQ(ending.code, 0) << ending.err;
  const std::string scores = slurp(run_ / "ensemble/scores.json");
  EXPECT_NE(scores.find("mfcc_mlp+none"), std::string::npos);
  EXPECT_NE(scores.find("resnet18+noisy/seed-1#2"), std::string::npos) << scores;
}

}  // namespace
}  // namespace foldwave::pipeline
