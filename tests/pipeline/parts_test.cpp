// Launches that share a run directory, each with its part of the trials, as the tasks of an array do.
#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

class Parts : public Program {
 protected:
  static std::vector<std::string> words(const std::string& command, const fs::path& run, const std::string& part,
                                        std::vector<std::string> more = {}) {
    if (!part.empty()) more.insert(more.end(), {"--run.shared", part});
    auto arguments = run_arguments(run, more);
    arguments[0] = command;
    return under_mpirun(1, arguments);
  }
  static Launch launch(const fs::path& run, const std::string& part, const std::string& epochs) {
    const std::string name = part.substr(0, 1);
    return Launch(
        start(words("train", run, part, {"--train.epochs", epochs}), root_ / ("out" + name), root_ / ("err" + name)));
  }
  static std::string status_of(const fs::path& run) { return alone({"status", "--run.dir", run.string()}).out; }
};

TEST_F(Parts, TogetherMakeTheBytesOfOneLaunch) {
  const fs::path whole = root_ / "whole", parts = root_ / "parts";
  ASSERT_EQ(run(1, whole).code, 0);
  ASSERT_EQ(finish(words("prepare", parts, "")).code, 0);
  std::vector<Launch> launches;
  for (const char* part : {"1/3", "2/3", "3/3"}) launches.push_back(launch(parts, part, "2"));
  for (size_t i = 0; i < launches.size(); ++i) {
    ASSERT_TRUE(launches[i].ends_within(240)) << i;
    EXPECT_EQ(launches[i].code(), 0) << slurp(root_ / ("err" + std::to_string(i + 1)));
  }
  const Ending predicted = finish(words("predict", parts, "2/3"));
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_NE(status_of(parts).find("2/2"), std::string::npos) << status_of(parts);
  const Ending gathered = run(1, parts);
  EXPECT_EQ(gathered.code, 0) << gathered.err;
  expect_same_files(whole, parts, {".safetensors", "oof.h5", "test.h5", "submission.csv", "folds.csv"});
  const std::map<std::string, int> begun = times_told(parts, "started");
  EXPECT_EQ(begun.size(), 4U);
  for (const auto& [trial, times] : begun) EXPECT_EQ(times, 1) << trial;
  EXPECT_FALSE(fs::exists(parts / "shared"));
}

TEST_F(Parts, KeepOutWhoeverCannotBeBesideThem) {
  const fs::path directory = root_ / "company";
  ASSERT_EQ(finish(words("prepare", directory, "")).code, 0);
  Launch first = launch(directory, "1/2", "500");
  ASSERT_TRUE(wait_until([&] { return has_trained_an_epoch(directory); })) << slurp(root_ / "err1");
  const Ending other = finish(
      words("train", directory, "2/2", {"--train.epochs", "500", "--grid.backbones", "mfcc_mlp,resnet18,cnn_small"}));
  EXPECT_EQ(other.code, 2) << other.err;
  EXPECT_NE(other.err.find(", with other trials than this launch has"), std::string::npos) << other.err;
  Launch second = launch(directory, "2/2", "500");
  const std::string status = status_of(directory);
  EXPECT_NE(status.find("running"), std::string::npos) << status;
  for (const auto& [command, part] : {std::pair{"run", ""}, {"train", ""}, {"train", "1/2"}, {"train", "1/4"}}) {
    const Ending refused = finish(words(command, directory, part, {"--train.epochs", "500"}));
    EXPECT_EQ(refused.code, 2) << command << part << refused.err;
    EXPECT_NE(refused.err.find("is in use by process "), std::string::npos) << command << part << refused.err;
  }
  for (Launch* child : {&first, &second}) kill(child->process(), SIGUSR2);
  for (Launch* child : {&first, &second}) {
    EXPECT_TRUE(child->ends_within(120));
    EXPECT_EQ(child->code(), 75) << slurp(root_ / "err1") << slurp(root_ / "err2");
  }
}

TEST_F(Parts, KeepOutWhileALaunchIsAlone) {
  const fs::path directory = root_ / "alone";
  Launch child(
      start(under_mpirun(1, run_arguments(directory, {"--train.epochs", "500"})), root_ / "out", root_ / "err"));
  ASSERT_TRUE(wait_until([&] { return has_trained_an_epoch(directory); })) << slurp(root_ / "err");
  const Ending refused = finish(words("train", directory, "1/2", {"--train.epochs", "500"}));
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_NE(refused.err.find("is in use by process "), std::string::npos) << refused.err;
  kill(child.process(), SIGUSR2);
  EXPECT_TRUE(child.ends_within(120));
}

TEST_F(Parts, OfNoSenseAreRefused) {
  const fs::path directory = root_ / "senseless";
  for (const char* part : {"0/2", "3/2", "1", "1/", "/2", "a/b", "1/2x", "-1/2", "1/0"}) {
    const Ending refused = finish(words("train", directory, part));
    EXPECT_EQ(refused.code, 2) << part << refused.err;
    EXPECT_NE(refused.err.find("run.shared = '" + std::string(part) + "'; expected K/N"), std::string::npos)
        << refused.err;
  }
  const Ending whole = finish(words("run", directory, "1/2"));
  EXPECT_EQ(whole.code, 2);
  EXPECT_NE(whole.err.find("run.shared: only train and predict can share a run directory"), std::string::npos)
      << whole.err;
  EXPECT_FALSE(fs::exists(directory));
}

}  // namespace
}  // namespace foldwave::pipeline
