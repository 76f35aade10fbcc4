#include <nlohmann/json.hpp>

#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

using Json = nlohmann::json;

class Bench : public Program {
 protected:
  static std::vector<Json> lines(const Ending& ending) {
    EXPECT_EQ(ending.code, 0) << ending.err;
    std::vector<Json> all;
    std::istringstream text(ending.out);
    for (std::string line; std::getline(text, line);) all.push_back(Json::parse(line));
    return all;
  }
};

TEST_F(Bench, HandsEveryItemOutWhetherRank0WorksOrNot) {
  for (const int ranks : {1, 2, 4}) {
    const auto results =
        lines(finish(under_mpirun(ranks, {"bench", "--bench.what", "dispatch", "--bench.items", "20000"})));
    ASSERT_EQ(results.size(), ranks == 1 ? 1U : 2U);
    for (const Json& result : results) {
      EXPECT_EQ(result["bench"], "dispatch");
      EXPECT_EQ(result["ranks"], ranks);
      EXPECT_EQ(result["items"], 20000);
      EXPECT_GT(result["items_per_s"], 0);
    }
    if (ranks > 1) {
      EXPECT_GE(results[1]["remote_items"], 19999);
    }
  }
}

TEST_F(Bench, PacksMadeUpTrialsCloseToTheLowerBound) {
  const auto results = lines(finish(under_mpirun(4, {"bench", "--bench.what", "packing", "--bench.trial_s", "0.2"})));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0]["trials"], 64);
  EXPECT_GE(results[0]["makespan_over_lower_bound"], 0.999);
  EXPECT_LE(results[0]["makespan_over_lower_bound"], 1.1);
  EXPECT_LE(results[0]["cores_per_rank"], 0.05);
  EXPECT_EQ(results[1]["workers"], 1920);
  EXPECT_GE(results[1]["busy"], 0.95);
}

TEST_F(Bench, MakesACatalogueUpAndRemovesIt) {
  setenv("TMPDIR", root_.c_str(), 1);
  const auto results = lines(alone({"bench", "--bench.what", "catalog", "--bench.items", "5000"}));
  unsetenv("TMPDIR");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0]["rows"], 5000);
  EXPECT_EQ(results[0]["groups"], 715);
  for (const auto& entry : fs::directory_iterator(root_))
    EXPECT_FALSE(entry.path().filename().string().starts_with("foldwave-bench-")) << entry.path();
}

TEST_F(Bench, PreparesTheTablesFilesBesideDecodingThemAlone) {
  const std::vector<std::string> command{"bench", "--bench.what", "features", "--data.train",
                                         (root_ / "data" / "train.csv").string()};
  for (const int ranks : {1, 2}) {
    const auto results = lines(finish(under_mpirun(ranks, command)));
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0]["unusable"], 0);
    EXPECT_GT(results[0]["prepare_cpu_s"], results[0]["decode_cpu_s"]);
    EXPECT_GT(results[0]["analysis_cpu_s"], 0);
  }
}

TEST_F(Bench, TimesTheStepsOfTrainingAndPrediction) {
  for (const char* what : {"train", "predict"}) {
    for (const int ranks : {1, 2}) {
      const auto results = lines(finish(
          under_mpirun(ranks, {"bench", "--bench.what", what, "--model.backbone", "mfcc_mlp", "--train.batch", "7",
                               "--train.precision", "fp32", "--bench.steps", "2", "--bench.repeats", "3"})));
      ASSERT_EQ(results.size(), 1U);
      EXPECT_EQ(results[0]["bench"], what);
      EXPECT_EQ(results[0]["precision"], "fp32");
      EXPECT_EQ(results[0]["batch"], 7);
      EXPECT_GT(results[0]["slowest"], 0);
      EXPECT_LE(results[0]["slowest"], results[0]["samples_per_s"]);
      EXPECT_LE(results[0]["samples_per_s"], results[0]["fastest"]);
      const bool talks = ranks > 1 && what == std::string("train");
      EXPECT_EQ(results[0].contains("communication_s"), talks);
      if (talks) {
        EXPECT_GT(results[0]["communication_s"], 0);
        EXPECT_GT(results[0]["exposed_s"], 0);
      }
    }
  }
}

TEST_F(Bench, AsksForTheBackboneThatItIsToTime) {
  const Ending ending = alone({"bench", "--bench.what", "train"});
  EXPECT_EQ(ending.code, 2);
  EXPECT_NE(ending.err.find("--model.backbone"), std::string::npos) << ending.err;
}

TEST_F(Bench, NamesTheBenchmarksThereAre) {
  const Ending ending = alone({"bench", "--bench.what", "speed"});
  EXPECT_EQ(ending.code, 2);
  EXPECT_NE(ending.err.find("catalog"), std::string::npos) << ending.err;
}

}  // namespace
}  // namespace foldwave::pipeline
