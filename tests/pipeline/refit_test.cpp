// train.refit_all: one more fit on all rows, beside the folds.
#include "foldwave/catalog/predictions.h"
#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class Refit : public Program {
 protected:
  static std::vector<std::string> options(const std::vector<std::string>& more) {
    std::vector<std::string> all{"--model.summary", "rich", "--model.cnn_channels", "4,4,8,8"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  static Ending run_refit(int ranks, const fs::path& directory, const std::vector<std::string>& more) {
    return run(ranks, directory, options(more));
  }
  static Ending look(const std::string& command, const fs::path& directory, const std::vector<std::string>& more) {
    auto words = run_arguments(directory, options(more));
    words[0] = command;
    return alone(words);
  }
  static fs::path trial(const fs::path& run, const std::string& model, const std::string& fold) {
    return run / "trials" / model / "seed-1" / ("fold-" + fold);
  }

  static void expect_fit_on_all_rows(const fs::path& trial) {
    for (const char* file : {"final.safetensors", "metrics.csv", "test.h5"})
      EXPECT_TRUE(fs::exists(trial / file)) << trial << " has no " << file;
    EXPECT_FALSE(fs::exists(trial / "oof.h5")) << trial;
  }
};

TEST_F(Refit, TurnedOnInAFinishedRunItAddsOneFitOfEveryModelAndLeavesTheFolds) {
  const fs::path directory = root_ / "added";
  const std::vector<std::string> models{"logistic+none", "rbf+none", "mfcc_mlp+none", "cnn_small+noisy"};
  const std::vector<std::string> grid{"--grid.backbones", "logistic,rbf,mfcc_mlp,cnn_small"};
  ASSERT_EQ(run_refit(2, directory, grid).code, 0);
  std::vector<fs::file_time_type> written;
  for (const std::string& model : models)
    written.push_back(fs::last_write_time(trial(directory, model, "0") / "final.safetensors"));

  const std::vector<std::string> with_refit{grid[0], grid[1], "--train.refit_all", "true"};
  const Ending plan = look("plan", directory, with_refit);
  EXPECT_NE(plan.out.find("pending   rbf+none/seed-1/fold-all"), std::string::npos) << plan.out;
  EXPECT_NE(plan.out.find("12 trials, 8 finished"), std::string::npos) << plan.out;
  const Ending ending = run_refit(2, directory, with_refit);
  ASSERT_EQ(ending.code, 0) << ending.err;
  for (size_t i = 0; i < models.size(); ++i) {
    EXPECT_EQ(fs::last_write_time(trial(directory, models[i], "0") / "final.safetensors"), written[i]);
    expect_fit_on_all_rows(trial(directory, models[i], "all"));
  }

  const Ending status = alone({"status", "--run.dir", directory.string(), "--status.format", "json"});
  EXPECT_NE(status.out.find("fold-all"), std::string::npos);
  EXPECT_NE(status.out.find("\"valid_macro_f1\": null"), std::string::npos) << status.out;
  const std::string page = slurp(directory / "report" / "index.html");
  EXPECT_NE(page.find("fold-all"), std::string::npos);
  EXPECT_EQ(page.find("fold--1"), std::string::npos);
}

TEST_F(Refit, ItsTestProbabilitiesCountAsOneFoldMore) {
  const fs::path directory = root_ / "mean";
  const Ending ending = run_refit(1, directory, {"--grid.backbones", "logistic", "--train.refit_all", "true"});
  ASSERT_EQ(ending.code, 0) << ending.err;
  std::vector<catalog::PredictionTable> tables;
  for (const char* fold : {"0", "1", "all"})
    tables.push_back(catalog::read_predictions(trial(directory, "logistic+none", fold) / "test.h5"));
  EXPECT_NE(tables[2].probability, tables[0].probability);
  const auto stacked = catalog::read_predictions(directory / "ensemble" / "test.h5");
  ASSERT_EQ(stacked.song_id, tables[0].song_id);
  for (size_t i = 0; i < stacked.probability.size(); ++i)
    EXPECT_NEAR(stacked.probability[i],
                (tables[0].probability[i] + tables[1].probability[i] + tables[2].probability[i]) / 3, 1e-5);
}

TEST_F(Refit, TakesSeveralRanksATrialAndStaysAwayWhereSomeFoldsAloneAreTrained) {
  const fs::path directory = root_ / "group";
  const std::vector<std::string> group{
      "--grid.backbones", "rbf,mfcc_mlp,cnn_small", "--run.ranks_per_trial", "2", "--train.refit_all", "true"};
  std::vector<std::string> one_fold = group;
  one_fold.insert(one_fold.end(), {"--folds.only", "1"});
  ASSERT_EQ(run_refit(2, directory, one_fold).code, 0);
  EXPECT_FALSE(fs::exists(trial(directory, "rbf+none", "all")));
  const Ending ending = run_refit(2, directory, group);
  ASSERT_EQ(ending.code, 0) << ending.err;
  for (const char* model : {"rbf+none", "mfcc_mlp+none", "cnn_small+noisy"})
    expect_fit_on_all_rows(trial(directory, model, "all"));
}

TEST_F(Refit, IsRefusedBeforeAnythingStartsWhereAnEpochIsChosenByValidation) {
  const fs::path directory = root_ / "refused";
  for (const std::vector<std::string>& choice :
       {std::vector<std::string>{"--train.select", "best"}, {"--backbone.cnn_small.patience", "2"}}) {
    std::vector<std::string> words{"--grid.backbones", "mfcc_mlp,cnn_small", "--train.refit_all", "true"};
    words.insert(words.end(), choice.begin(), choice.end());
    const Ending ending = run_refit(1, directory, words);
    EXPECT_EQ(ending.code, 2) << ending.err;
    EXPECT_NE(ending.err.find("train.refit_all = true"), std::string::npos) << ending.err;
    EXPECT_NE(ending.err.find("by validation songs"), std::string::npos) << ending.err;
    EXPECT_FALSE(fs::exists(directory));
  }
}

}  // namespace
}  // namespace foldwave::pipeline
