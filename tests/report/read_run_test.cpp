#include <gtest/gtest.h>

#include <cmath>

#include "made_up_run.h"
#include "report/missing.h"

namespace foldwave::report {
namespace {

struct ReadRun : testing::Test {
  test::TestDirectory directory{"read_run"};
  std::filesystem::path run = directory.path();
  void put(const std::string& name, const std::string& text) const {
    make_directories((run / name).parent_path());
    publish(run / name, text);
  }
  ReportInput read() const { return read_run(run, test::made_up_catalog()); }
};

TEST_F(ReadRun, FindsNothingInAnEmptyDirectory) {
  const ReportInput input = read();
  EXPECT_TRUE(input.record.launches.empty() && input.fold.empty() && input.epochs.empty() && input.scores.empty() &&
              input.quarantine.empty() && input.unreadable.empty());
  EXPECT_EQ(input.oof.rows(), 0u);
}

TEST_F(ReadRun, TakesFoldsInTheOrderOfTheTrainingTable) {
  put("folds.csv", "song_id,fold\n03,1\n00,2\n");
  const ReportInput input = read();
  ASSERT_EQ(input.fold.size(), 12u);
  EXPECT_EQ(input.fold[0], 2);
  EXPECT_EQ(input.fold[3], 1);
  EXPECT_EQ(input.fold[1], -1);
}

TEST_F(ReadRun, FindsTheEpochsOfEveryTrialByItsId) {
  put("trials/resnet18+noise/seed-1/fold-0/metrics.csv",
      "epoch,step,lr,train_loss_step,train_loss,train_macro_f1,valid_loss,valid_macro_f1,seconds\n"
      "1,9,0.001,1.75,,,,,\n1,9,0.001,,1.5,0.2,1.6,0.25,3.5\n2,19,0.002,,nan,0.3,1.4,0.35,3.25\n");
  const ReportInput input = read();
  const std::vector<EpochRow>& epochs = input.epochs.at("resnet18+noise/seed-1/fold-0");
  ASSERT_EQ(epochs.size(), 2u);
  EXPECT_EQ(epochs[1].epoch, 2);
  EXPECT_TRUE(std::isnan(epochs[1].train_loss));
  EXPECT_DOUBLE_EQ(epochs[1].valid_macro_f1, 0.35);
}

TEST_F(ReadRun, TakesEpochsWithoutAValidationToo) {
  put("trials/resnet18+noise/seed-1/fold-all/metrics.csv",
      "epoch,step,lr,train_loss_step,train_loss,train_macro_f1,valid_loss,valid_macro_f1,seconds\n"
      "1,9,0.001,1.75,,,,,\n1,9,0.001,,1.5,0.2,,,3.5\n");
  const ReportInput input = read();
  const std::vector<EpochRow>& epochs = input.epochs.at("resnet18+noise/seed-1/fold-all");
  ASSERT_EQ(epochs.size(), 1u);
  EXPECT_DOUBLE_EQ(epochs[0].train_loss, 1.5);
  EXPECT_DOUBLE_EQ(epochs[0].seconds, 3.5);
  EXPECT_TRUE(std::isnan(epochs[0].valid_loss) && std::isnan(epochs[0].valid_macro_f1));
}

TEST_F(ReadRun, TakesScoresAndMarksTheChosenOne) {
  put("ensemble/scores.json",
      R"({"chosen": "mean", "reason": "why", "standard_error_over": "9 groups", "submission": "3 songs",
      "scores": [{"name": "a", "meta": false, "optimistic": true, "oof_macro_f1": 0.5, "standard_error": 0.1, "fold_macro_f1": [0.4, null]},
                 {"name": "mean", "meta": true, "oof_macro_f1": 0.6, "standard_error": null, "fold_macro_f1": []}]})");
  const ReportInput input = read();
  ASSERT_EQ(input.scores.size(), 2u);
  EXPECT_FALSE(input.scores[0].chosen);
  EXPECT_TRUE(input.scores[0].optimistic && !input.scores[1].optimistic);
  EXPECT_TRUE(input.scores[1].chosen && input.scores[1].meta);
  EXPECT_TRUE(std::isnan(input.scores[0].fold_macro_f1[1]));
  EXPECT_EQ(input.standard_error_over, "9 groups");
}

TEST_F(ReadRun, TakesNoScoresThatContradictThemselves) {
  const std::string score = R"({"name": "a", "oof_macro_f1": F1, "standard_error": null, "fold_macro_f1": []})";
  const auto with = [&](const std::string& chosen, const std::string& f1) {
    std::string of_a = score;
    of_a.replace(of_a.find("F1,"), 2, f1);
    put("ensemble/scores.json", R"({"chosen": ")" + chosen + R"(", "scores": [)" + of_a + "]}");
    return read();
  };
  EXPECT_TRUE(with("a", "0.5").unreadable.empty());
  for (const ReportInput& input : {with("nobody", "0.5"), with("a", "\"high\"")}) {
    EXPECT_TRUE(input.scores.empty());
    EXPECT_TRUE(input.damaged.contains("scores.json"));
    for (const std::string& sentence : missing(input))
      EXPECT_EQ(sentence.find("have not been stacked"), std::string::npos) << sentence;
  }
}

TEST_F(ReadRun, GoesOnWhereAFileCannotBeReadAndNamesIt) {
  put("trials/a/seed-1/fold-0/metrics.csv", "epoch,lr\n1,2,3\n");
  put("ensemble/scores.json", "{\"chosen\": ");
  put("ensemble/oof.h5", "not HDF5");
  put("quarantine.csv", "song_id,filepath,reason\n1,a.ogg,zero bytes\n");
  const ReportInput input = read();
  EXPECT_EQ(input.unreadable.size(), 3u);
  EXPECT_NE(input.unreadable[0].find("metrics.csv"), std::string::npos) << input.unreadable[0];
  ASSERT_EQ(input.quarantine.size(), 1u);
  EXPECT_EQ(input.quarantine[0].second, "zero bytes");
}

}  // namespace
}  // namespace foldwave::report
