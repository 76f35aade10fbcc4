// What goes wrong in one trial, on one rank, or with the disk: said, recorded, survived.
#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

std::vector<std::string> meddled(std::vector<std::string> words, const std::vector<std::string>& variables) {
  std::vector<std::string> given{"-x", "LD_PRELOAD=" FOLDWAVE_FAULT};
  for (const std::string& variable : variables) given.insert(given.end(), {"-x", variable});
  words.insert(words.begin() + 1, given.begin(), given.end());
  return words;
}

size_t lines_with(const std::string& text, const std::string& begin) {
  size_t found = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) found += line.starts_with(begin);
  return found;
}

class Fault : public Program {
 protected:
  // Trials on a group of two ranks, one after the other.
  static std::vector<std::string> command(const fs::path& run, const std::vector<std::string>& more) {
    std::vector<std::string> options{"--run.ranks_per_trial", "2", "--folds.only", "0", "--run.retries", "1"};
    options.insert(options.end(), more.begin(), more.end());
    return under_mpirun(2, run_arguments(run, options));
  }
  static std::string message_of(const fs::path& run, const std::string& trial) {
    std::string message;
    for (const Events& events : journals_of(run))
      for (const auto& event : events)
        if (event.at("event") == "failed" && event.value("trial", "") == trial) message = event.at("message");
    return message;
  }
  // The trial of `failing` fails with these words in its message, that of `other` is trained; so twice, and then no
  // more.
  static void expect_failure_and_one_retry(const std::vector<std::string>& words, const fs::path& run,
                                           const std::string& failing, const std::string& other,
                                           const std::vector<std::string>& expected) {
    const std::string trial = failing + "/seed-1/fold-0";
    for (int attempt = 1; attempt <= 2; ++attempt) {
      Launch launch(start(words, root_ / "out", root_ / "err"));
      ASSERT_TRUE(launch.ends_within(300)) << "a rank waits: " << slurp(root_ / "err");
      const std::string said = slurp(root_ / "err");
      EXPECT_EQ(launch.code(), 1) << said;
      EXPECT_NE(said.find("failed   " + trial + " (try " + std::to_string(attempt) + " of 2): "), std::string::npos)
          << said;
      for (const std::string& word : expected)
        EXPECT_NE(message_of(run, trial).find(word), std::string::npos) << message_of(run, trial);
      EXPECT_TRUE(fs::exists(run / "trials" / other / "seed-1" / "fold-0" / "final.safetensors")) << said;
    }
    EXPECT_NE(slurp(root_ / "err").find("run.retries allows no further try"), std::string::npos)
        << slurp(root_ / "err");
  }
};

TEST_F(Fault, AReadThatFailsOnOneRankOfTheGroupEndsTheTrialOnAllAndTheGroupGoesOn) {
  const fs::path run = root_ / "eio";
  const auto words = command(run, {"--grid.backbones", "cnn_small,logistic", "--model.cnn_channels", "4,4,8,8"});
  auto prepare = words;
  std::replace(prepare.begin(), prepare.end(), std::string("run"), std::string("prepare"));
  ASSERT_EQ(finish(prepare).code, 0);
  expect_failure_and_one_retry(
      meddled(words, {"FOLDWAVE_FAULT=/shard-", "FOLDWAVE_FAULT_HOW=eio", "FOLDWAVE_FAULT_RANK=1"}), run,
      "cnn_small+noisy", "logistic+none", {"shard-", "Input/output error"});
}

TEST_F(Fault, MemoryThatIsShortOnOneRankOfTheGroupEndsTheTrialOnAllAndTheGroupGoesOn) {
  const fs::path run = root_ / "memory";
  expect_failure_and_one_retry(
      meddled(command(run, {"--grid.backbones", "resnet18,mfcc_mlp"}),
              {"FOLDWAVE_FAULT=/", "FOLDWAVE_FAULT_HOW=nomem:8000000", "FOLDWAVE_FAULT_RANK=1"}),
      run, "resnet18+noisy", "mfcc_mlp+none", {"memory"});
}

TEST_F(Fault, ALossThatIsNoNumberEndsTheTrialOnAllRanksOfTheGroup) {
  const fs::path run = root_ / "nan";
  const auto words =
      command(run, {"--grid.backbones", "mfcc_mlp", "--grid.lr", "0.003,10", "--train.optimiser", "sgd",
                    "--train.gradient_clip", "0", "--train.schedule", "constant", "--train.epochs", "40"});
  expect_failure_and_one_retry(words, run, "mfcc_mlp+none+lr=10", "mfcc_mlp+none+lr=0.003", {"the loss is not finite"});
}

TEST_F(Fault, WeightsThatCannotBeReadEndTheirTrialAlone) {
  const fs::path run = root_ / "weights", weights = root_ / "bad.safetensors";
  std::ofstream(weights) << "no weights";
  expect_failure_and_one_retry(
      command(run, {"--grid.backbones", "mfcc_mlp,logistic", "--backbone.mfcc_mlp.weights", weights.string()}), run,
      "mfcc_mlp+none", "logistic+none", {"bad.safetensors"});
}

// From some write, sync or rename on, everything fails; the next launch has room for a few calls more, and so on.
TEST_F(Fault, ADiskThatIsFullAtAnyMomentLeavesTheOldOrTheNewStateAndTheSameBytesInTheEnd) {
  const std::vector<std::string> options{"--grid.backbones", "mfcc_mlp,logistic", "--folds.only", "0"};
  const auto full_from = [&](const fs::path& run, long call) {
    fs::remove(root_ / "calls");
    return meddled(under_mpirun(2, run_arguments(run, options)),
                   {"FOLDWAVE_FAULT=" + run.string(), "FOLDWAVE_FAULT_HOW=enospc:" + std::to_string(call),
                    "FOLDWAVE_FAULT_COUNT=" + (root_ / "calls").string()});
  };
  const fs::path whole = root_ / "roomy", cramped = root_ / "cramped";
  ASSERT_EQ(finish(full_from(whole, 1000000000)).code, 0);
  const long calls = static_cast<long>(fs::file_size(root_ / "calls"));
  std::cout << calls << " calls" << std::endl;
  std::mt19937 random(drawn_seed());
  int failures = 0;
  for (; failures < 30; ++failures) {
    const long call = std::uniform_int_distribution<long>(1, 20 + calls / 8)(random);
    Launch launch(start(full_from(cramped, call), root_ / "out", root_ / "err"));
    ASSERT_TRUE(launch.ends_within(300)) << "full from call " << call << " on: " << slurp(root_ / "err");
    const std::string said = slurp(root_ / "err");
    if (launch.code() == 0) break;
    EXPECT_EQ(launch.code(), 1) << call << ": " << said;
    EXPECT_EQ(lines_with(said, "foldwave: "), 1U) << call << ": " << said;
    EXPECT_NE(said.find("No space left on device"), std::string::npos) << call << ": " << said;
  }
  EXPECT_GE(failures, 8);
  const Ending last = finish(under_mpirun(2, run_arguments(cramped, options)));
  ASSERT_EQ(last.code, 0) << last.err;
  expect_same_files(whole, cramped,
                    {".h5", ".safetensors", "submission.csv", "folds.csv", "scores.json", "meta_model.json"});
  expect_same_names(whole, cramped);
}

}  // namespace
}  // namespace foldwave::pipeline
