#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class Input : public Program {
 protected:
  // A copy of train.csv with `change` applied to its text.
  static std::string changed_table(const std::string& from, const std::string& to) {
    std::string text = slurp(root_ / "data" / "train.csv");
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    std::ofstream(root_ / "changed.csv") << text;
    return (root_ / "changed.csv").string();
  }
  static Ending with(std::vector<std::string> changes) {
    fs::remove_all(root_ / "run");
    changes.insert(changes.end(), {"--data.root", (root_ / "data").string()});
    return run(2, root_ / "run", changes);
  }
  static std::vector<std::string> first_row() {
    std::ifstream file(root_ / "data" / "train.csv");
    std::string line, field;
    std::getline(file, line);
    std::getline(file, line);
    std::istringstream stream(line);
    std::vector<std::string> fields;
    while (std::getline(stream, field, ',')) fields.push_back(field);
    return fields;
  }
  static void expect_sentence(const Ending& ending, int code, const std::vector<std::string>& parts) {
    EXPECT_EQ(ending.code, code) << ending.err;
    for (const std::string& part : parts)
      EXPECT_NE(ending.err.find(part), std::string::npos) << "no '" << part << "' in: " << ending.err;
    EXPECT_EQ(ending.err.find("MPI_ABORT"), std::string::npos) << ending.err;
    EXPECT_EQ(ending.err.find("terminate called"), std::string::npos) << ending.err;
  }
};

TEST_F(Input, AMissingColumnIsNamed) {
  expect_sentence(with({"--data.train", changed_table("genre_id", "kind")}), 2, {"changed.csv", "genre_id"});
}

TEST_F(Input, ALabelThatIsTextIsNamedWithItsLine) {
  const auto row = first_row();
  expect_sentence(with({"--data.train", changed_table("," + row[3] + "," + row[4], ",x7," + row[4])}), 2,
                  {"changed.csv line 2", "genre_id", "'x7'"});
}

TEST_F(Input, ADoubledSongIsNamedWithBothLines) {
  std::string line, text = slurp(root_ / "data" / "train.csv");
  std::istringstream stream(text);
  std::getline(stream, line);
  std::getline(stream, line);
  std::ofstream(root_ / "changed.csv") << text << line << "\n";
  expect_sentence(with({"--data.train", (root_ / "changed.csv").string()}), 2,
                  {"changed.csv line", "line 2", first_row()[0]});
}

TEST_F(Input, AClassWithFewerGroupsThanFoldsIsAWarningAndTheRunGoesOn) {
  expect_sentence(with({"--folds.count", "5", "--folds.only", "0", "--grid.backbones", "mfcc_mlp"}), 0,
                  {"warning", "5 folds"});
}

TEST_F(Input, AnUnknownOrAbbreviatedKeyIsNamed) {
  expect_sentence(with({"--train.epoch", "3"}), 2, {"train.epoch"});
  expect_sentence(with({"--train.learning_rate", "3"}), 2, {"train.learning_rate"});
  std::ofstream(root_ / "bad.ini") << "[train]\nepoch = 3\n";
  expect_sentence(alone({"plan", "--config", (root_ / "bad.ini").string()}), 2, {"bad.ini line 2", "train.epoch"});
}

TEST_F(Input, ACropThatABackboneCannotReadIsRefusedByItsKey) {
  for (const char* key : {"train.crop_frames", "features.n_mels"})
    expect_sentence(with({"--grid.backbones", "convnext_tiny", std::string("--") + key, "31"}), 2,
                    {std::string(key) + " = 31", "convnext_tiny takes 32 or more"});
}

TEST_F(Input, AnUnknownBackboneOrAugmentationIsNamed) {
  expect_sentence(with({"--grid.backbones", "resnet19"}), 2, {"resnet19", "resnet18"});
  expect_sentence(with({"--grid.augments", "loud"}), 2, {"loud"});
}

TEST_F(Input, FilesThatAreNoAudioAreQuarantinedAndTheRunGoesOn) {
  const fs::path data = root_ / "rotten";
  fs::copy(root_ / "data", data, fs::copy_options::recursive);
  std::vector<fs::path> files;
  std::ifstream table(data / "train.csv");
  std::string line;
  std::getline(table, line);
  while (files.size() < 3 && std::getline(table, line)) {
    std::istringstream stream(line);
    std::string field;
    for (int i = 0; i < 3; ++i) std::getline(stream, field, ',');
    files.push_back(data / field);
  }
  fs::resize_file(files[0], 0);
  std::ofstream(files[1]) << "this is a poem, not music";
  fs::remove(files[2]);
  auto words = run_arguments(root_ / "rotten-run", {});
  for (std::string& word : words)
    if (word == (root_ / "data" / "train.csv").string())
      word = (data / "train.csv").string();
    else if (word == (root_ / "data" / "test.csv").string())
      word = (data / "test.csv").string();
  const Ending ending = finish(under_mpirun(2, words));
  ASSERT_EQ(ending.code, 0) << ending.err;
  const std::string quarantine = slurp(root_ / "rotten-run" / "quarantine.csv");
  EXPECT_EQ(std::count(quarantine.begin(), quarantine.end(), '\n'), 4) << quarantine;
  EXPECT_TRUE(fs::exists(root_ / "rotten-run" / "ensemble" / "submission.csv"));
}

TEST_F(Input, OtherSettingsInAUsedDirectoryAreRefusedByName) {
  const fs::path directory = root_ / "used";
  ASSERT_EQ(run(1, directory, {"--folds.only", "0"}).code, 0);
  expect_sentence(run(1, directory, {"--folds.only", "0", "--features.n_mels", "64"}), 2,
                  {"features.n_mels", "128", "64"});
  expect_sentence(run(1, directory, {"--folds.only", "0", "--train.lr", "0.5"}), 2, {"train.lr", "0.5"});
}

TEST_F(Input, AStoreOfOtherParametersIsRefusedBeforeANewRunDirectoryIsMade) {
  const std::string store = (root_ / "shared-store").string();
  const auto prepare = [&](const std::string& run, const std::string& mels) {
    auto words = run_arguments(root_ / run, {"--features.path", store, "--features.n_mels", mels});
    words.front() = "prepare";
    return finish(under_mpirun(1, words));
  };
  ASSERT_EQ(prepare("store-owner", "128").code, 0);
  expect_sentence(prepare("store-guest", "64"), 2, {"features.n_mels", "128", "64"});
  EXPECT_FALSE(fs::exists(root_ / "store-guest"));
  EXPECT_EQ(prepare("store-guest", "128").code, 0);
}

TEST_F(Input, AMissingConfigOrCommandIsTwo) {
  expect_sentence(alone({"plan", "--config", "/nowhere.ini"}), 2, {"/nowhere.ini"});
  expect_sentence(alone({"dance"}), 2, {"dance"});
  expect_sentence(alone({}), 2, {"usage"});
}

}  // namespace
}  // namespace foldwave::pipeline
