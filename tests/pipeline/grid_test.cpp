#include <sstream>

#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

using Grid = Program;

const std::vector<std::string> rates{"--grid.backbones",     "mfcc_mlp,logistic", "--grid.lr",
                                     "0.003,1e-9,0.01,1e-8", "--train.epochs",    "6"};

std::vector<std::string> with(std::vector<std::string> options, const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

size_t count(const std::string& text, const std::string& word) {
  size_t found = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST_F(Grid, HalvingTrainsTheBetterPointsAloneToTheEndWithTheBytesOfAFullSearch) {
  const fs::path full = root_ / "full", halving = root_ / "halving";
  ASSERT_EQ(run(2, full, rates).code, 0);
  const auto options = with(rates, {"--grid.search", "halving", "--grid.rungs", "1,3"});
  const Ending ending = run(2, halving, options);
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_EQ(count(ending.err, "halving  after "), 2U) << ending.err;
  size_t finished = 0;
  for (const char* lr : {"0.003", "1e-9", "0.01", "1e-8"}) {
    const fs::path trial = fs::path("trials") / (std::string("mfcc_mlp+none+lr=") + lr) / "seed-1" / "fold-0";
    if (!fs::exists(halving / trial / "final.safetensors")) continue;
    ++finished;
    for (const char* file : {"final.safetensors", "oof.h5", "test.h5"})
      EXPECT_TRUE(slurp(full / trial / file) == slurp(halving / trial / file)) << trial / file;
  }
  EXPECT_EQ(finished, 1U);
  EXPECT_TRUE(fs::exists(halving / "ensemble" / "submission.csv"));
  const Ending status = alone({"status", "--run.dir", halving.string(), "--status.format", "json"});
  EXPECT_NE(status.out.find("\"dropped\""), std::string::npos) << status.out;
  // Once more: nothing is compared or trained again.
  const Ending again = run(2, halving, options);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(count(again.err, "halving  after "), 0U) << again.err;
  // All of the grid after all.
  EXPECT_EQ(run(2, halving, rates).code, 0);
  expect_same_files(full, halving, {"submission.csv", "oof.h5", "test.h5", ".safetensors"});
}

std::vector<std::string> lines_of(const std::string& text, const std::string& begin) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    if (line.starts_with(begin)) lines.push_back(line);
  return lines;
}

TEST_F(Grid, ARungComparesTrialsThatHaveGoneOnByWhatTheyWereThen) {
  const auto options = with(rates, {"--grid.search", "halving", "--grid.rungs", "1,3"});
  const Ending fresh = run(2, root_ / "fresh", options);
  ASSERT_EQ(fresh.code, 0) << fresh.err;
  ASSERT_EQ(run(2, root_ / "full", rates).code, 0);
  const Ending after_all = run(2, root_ / "full", options);
  ASSERT_EQ(after_all.code, 0) << after_all.err;
  EXPECT_EQ(lines_of(fresh.err, "halving  after ").size(), 2U);
  EXPECT_EQ(lines_of(after_all.err, "halving  after "), lines_of(fresh.err, "halving  after "));
}

TEST_F(Grid, APointThatFailsForGoodIsNoneThatARungDrops) {
  const std::vector<std::string> options{
      "--grid.backbones", "mfcc_mlp", "--grid.lr",      "0.003,10", "--train.optimiser",     "sgd",
      "--train.schedule", "constant", "--train.epochs", "40",       "--grid.search",         "halving",
      "--grid.rungs",     "20",       "--run.retries",  "0",        "--train.gradient_clip", "0"};
  for (int launch = 0; launch < 2; ++launch) {
    const Ending failed = run(2, root_ / "failing", options);
    EXPECT_EQ(failed.code, 1) << failed.err;
    EXPECT_FALSE(lines_of(failed.err, "failed   mfcc_mlp+none+lr=10/seed-1/fold-").empty()) << failed.err;
    EXPECT_EQ(failed.err.find("dropped mfcc_mlp+none+lr=10"), std::string::npos) << failed.err;
    EXPECT_TRUE(fs::exists(root_ / "failing/trials/mfcc_mlp+none+lr=0.003/seed-1/fold-0/final.safetensors"))
        << "it goes on in the same launch";
  }
}

TEST_F(Grid, ATrialThatIsThereUnderAnotherNameIsNotTrainedAgain) {
  const fs::path directory = root_ / "twins";
  const std::vector<std::string> plain{"--grid.backbones", "mfcc_mlp"},
      axis = with(plain, {"--grid.lr", "0.001,0.003"});
  ASSERT_EQ(run(1, directory, plain).code, 0);
  const std::vector<std::string> words = run_arguments(directory, axis);
  std::vector<std::string> plan(words.begin() + 1, words.end());
  plan.insert(plan.begin(), "plan");
  EXPECT_NE(alone(plan).out.find("4 trials, 2 finished"), std::string::npos) << alone(plan).out;
  const Ending ending = run(1, directory, axis);
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_NE(ending.err.find("mfcc_mlp+none+lr=0.001/seed-1/fold-0 is mfcc_mlp+none/seed-1/fold-0 under another name"),
            std::string::npos)
      << ending.err;
  EXPECT_NE(ending.err.find("2 trials trained, 2 were there"), std::string::npos) << ending.err;
  // As if it had been trained under that name.
  ASSERT_EQ(run(1, root_ / "alone", axis).code, 0);
  expect_same_files(root_ / "alone", directory, {"submission.csv", "oof.h5", "test.h5", ".safetensors"});
  // A journal that is lost takes no trial with it.
  fs::remove_all(directory / "journal");
  const Ending after = run(1, directory, axis);
  EXPECT_EQ(after.code, 0) << after.err;
  EXPECT_NE(after.err.find("0 trials trained, 4 were there"), std::string::npos) << after.err;
}

TEST_F(Grid, ATrialThatFailsIsListedAndTriedAgainAsOftenAsAllowed) {
  const fs::path directory = root_ / "failing";
  const std::vector<std::string> options{
      "--grid.backbones",      "mfcc_mlp", "--grid.lr",        "0.003,10", "--train.optimiser", "sgd",
      "--train.gradient_clip", "0",        "--train.schedule", "constant", "--train.epochs",    "40",
      "--run.retries",         "1"};
  for (const char* ending : {"the same command tries them again", "run.retries allows no further try"}) {
    const Ending failed = run(2, directory, options);
    EXPECT_EQ(failed.code, 1) << failed.err;
    EXPECT_NE(failed.err.find("failed   mfcc_mlp+none+lr=10/seed-1/fold-0 (try "), std::string::npos) << failed.err;
    EXPECT_NE(failed.err.find("the loss is not finite"), std::string::npos) << failed.err;
    EXPECT_NE(failed.err.find(ending), std::string::npos) << failed.err;
    EXPECT_TRUE(fs::exists(directory / "trials" / "mfcc_mlp+none+lr=0.003" / "seed-1" / "fold-0" / "oof.h5"));
  }
  // Not tried a third time; without it in the grid the run ends well.
  const Ending third = run(2, directory, options);
  EXPECT_EQ(third.code, 1);
  EXPECT_NE(third.err.find("(try 2 of 2)"), std::string::npos) << third.err;
  EXPECT_EQ(run(2, directory, with(options, {"--grid.exclude", "lr=10"})).code, 0);
}

// Three trials of very different cost on four ranks: unequal groups, the same bytes when the run was interrupted.
TEST_F(Grid, FewerTrialsThanRanksShareTheRanksUnequally) {
  const std::vector<std::string> options{"--grid.backbones", "mfcc_mlp,resnet18,logistic", "--folds.only", "0"};
  const fs::path whole = root_ / "unequal", stopped = root_ / "unequal-stopped";
  ASSERT_EQ(run(4, whole, options).code, 0);
  const Ending stop = run(4, stopped, with(options, {"--run.time_limit_s", "4"}));
  EXPECT_TRUE(stop.code == 75 || stop.code == 0) << stop.err;
  ASSERT_EQ(run(4, stopped, options).code, 0);
  expect_same_files(whole, stopped, {"submission.csv", "oof.h5", "test.h5", ".safetensors"});
}

}  // namespace
}  // namespace foldwave::pipeline
