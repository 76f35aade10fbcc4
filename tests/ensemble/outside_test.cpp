#include <gtest/gtest.h>

#include <fstream>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "tables.h"

namespace foldwave::ensemble {
namespace {

using catalog::PredictionTable;

// Four training songs in two folds, two test songs, two classes; tables of a program that has never heard of us.
struct Outside : testing::Test {
  std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      ("outside_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  catalog::Catalog catalog;
  catalog::Folds folds{2, {0, 1, 0, 1}, {}};
  std::vector<std::string> train{"1", "2", "3", "4"}, tests{"x", "y"};
  StackConfig config;

  Outside() {
    make_directories(folder);
    for (const std::string& id : train)
      catalog.train.push_back(static_cast<int>(catalog.tracks.size())), catalog.tracks.push_back({id, id});
    catalog.label = {0, 1, 0, 1};
    catalog.class_ids = catalog.class_names = {"5", "6"};
    catalog.id_column = "song_id", catalog.label_column = "genre_id";
    put("a.csv", "song_id,5,6\n3,0.3,0.7\n1,0.1,0.9\n2,0.2,0.8\n4,0.4,0.6\n");
    put("a_test.csv", "song_id,6,5\ny,0.1,0.9\nx,0.2,0.8\n");
    config.inputs = {(folder / "a.csv").string()};
    config.test_inputs = {(folder / "a_test.csv").string()};
  }
  ~Outside() override { std::filesystem::remove_all(folder); }

  void put(const std::string& name, const std::string& text) const { publish(folder / name, text); }
  void put_fold(const std::string& name, const std::string& model, int fold, const std::vector<std::string>& ids,
                const std::vector<int>& label, float p) const {
    PredictionTable table;
    table.model = model, table.augment = "none", table.fold = fold, table.classes = 2;
    table.song_id = ids, table.label = label;
    for (size_t i = 0; i < ids.size(); ++i) table.probability.insert(table.probability.end(), {p, 1 - p});
    catalog::write_predictions(folder / name, table);
  }
  std::vector<ModelPredictions> read() const { return read_outside(config, catalog, folds, train, tests); }
  std::string refusal() const {
    try {
      read();
    } catch (const InputError& error) {
      const std::string text = error.what();
      const size_t at = text.find(folder.string() + "/");
      return at == std::string::npos ? text : std::string(text).erase(at, folder.string().size() + 1);
    }
    return "not refused";
  }
};

TEST_F(Outside, IsMatchedByIdAndLabelledFromTheTrainingTable) {
  const auto models = read();
  ASSERT_EQ(models.size(), 1u);
  EXPECT_EQ(models[0].oof.model, "a");
  EXPECT_EQ(models[0].oof.song_id, train);
  EXPECT_EQ(models[0].oof.label, catalog.label);
  EXPECT_EQ(models[0].oof.probability, (std::vector<float>{0.1F, 0.9F, 0.2F, 0.8F, 0.3F, 0.7F, 0.4F, 0.6F}));
  EXPECT_EQ(models[0].test.probability, (std::vector<float>{0.8F, 0.2F, 0.9F, 0.1F}));
}

TEST_F(Outside, LeavesOutTrainingSongsThatAreNotStacked) {
  train = {"1", "3"};
  EXPECT_EQ(read()[0].oof.song_id, train);
}

TEST_F(Outside, PutsTheFoldsOfAModelTogetherByWhatTheFilesSay) {
  put_fold("m0.h5", "net", 0, {"1", "3"}, {0, 0}, 0.9F);
  put_fold("m1.h5", "net", 1, {"4", "2"}, {1, 1}, 0.2F);
  put_fold("t0.h5", "net", 0, {"x", "y"}, {-1, -1}, 0.5F);
  put_fold("t1.h5", "net", 1, {"y", "x"}, {-1, -1}, 0.7F);
  config.inputs.push_back((folder / "m?.h5").string());
  config.test_inputs.push_back((folder / "t*.h5").string());
  const auto models = read();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[1].oof.model, "net");
  EXPECT_FLOAT_EQ(models[1].oof.probability[2], 0.2F);
  EXPECT_FLOAT_EQ(models[1].test.probability[0], 0.6F);
}

TEST_F(Outside, TakesEachCsvOfAPatternAsAModel) {
  put("b.csv", "song_id,5,6\n3,1,0\n1,1,0\n2,1,0\n4,1,0\n");
  put("b_test.csv", "song_id,6,5\ny,1,0\nx,1,0\n");
  config.inputs = {(folder / "?.csv").string()};
  config.test_inputs = {(folder / "?_test.csv").string()};
  const auto models = read();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[1].oof.model, "b");
  EXPECT_EQ(models[1].test.probability, (std::vector<float>{0, 1, 0, 1}));
}

TEST_F(Outside, RefusesRowsByName) {
  const auto with = [&](const std::string& row) {
    put("a.csv", "song_id,fold,5,6\n3,0,0.3,0.7\n1,0,0.1,0.9\n" + row + "4,1,0.4,0.6\n");
    return refusal();
  };
  EXPECT_EQ(with(""), "a.csv: song '2' is missing");
  EXPECT_EQ(with("2,1,0.2,0.8\n9,1,0.2,0.8\n"), "a.csv: song '9' is not among the training songs");
  EXPECT_EQ(with("2,1,nan,0.8\n"), "a.csv: song '2' has probability nan for class 0; expected a number from 0 to 1");
  EXPECT_EQ(with("2,1,0.5,0.8\n"), "a.csv: the probabilities of song '2' sum to 1.3000; expected 1");
  EXPECT_EQ(with("2,0,0.2,0.8\n"),
            "a.csv: song '2' was held out in fold 0; in this run it is in fold 1 (folds.file takes other folds)");
  EXPECT_EQ(with("2,1,0.2,0.8\n"), "not refused");
}

TEST_F(Outside, MayLackSongsBeforeItIsKnownWhichAreUsable) {
  put("a.csv", "song_id,5,6\n3,0.3,0.7\n1,0.1,0.9\n");
  const auto look = [&] { return read_outside(config, catalog, folds, train, tests, Rows::there); };
  EXPECT_EQ(look()[0].oof.song_id, (std::vector<std::string>{"1", "3"}));
  put("a.csv", "song_id,5,6\n3,0.3,0.7\n1,0.9,0.9\n");
  EXPECT_THROW(look(), InputError);
  put("a.csv", "song_id,5,6\n3,0.3,0.7\nstranger,0.1,0.9\n");
  EXPECT_THROW(look(), InputError);
}

TEST_F(Outside, RefusesALabelThatTheTrainingTableDoesNotHave) {
  put_fold("m.h5", "net", -1, {"1", "2", "3", "4"}, {0, 1, 1, 1}, 0.9F);
  config.inputs = {(folder / "m.h5").string()};
  config.test_inputs.clear(), tests.clear();
  EXPECT_EQ(refusal(), "m.h5: song '3' has label 1; in the training table its class is number 0, genre_id '5'");
}

TEST_F(Outside, NeedsTestPredictionsOfEveryModelWhereThereAreTestSongs) {
  config.test_inputs.clear();
  EXPECT_EQ(refusal(), "stack.test_inputs has nothing for 'a.csv', and there are 2 test songs");
  config.test_inputs = {(folder / "a_test.csv").string(), (folder / "a_te*.csv").string()};
  EXPECT_EQ(refusal(), "not refused");  // one file, by two names
  put("b_test.csv", "song_id,5,6\n");
  config.test_inputs = {(folder / "a_test.csv").string(), (folder / "b_test.csv").string()};
  EXPECT_EQ(refusal(),
            "stack.test_inputs: 'b_test.csv' names no model and is one more than the files of stack.inputs that name "
            "none either");
  config.inputs = {(folder / "nowhere*.csv").string()};
  EXPECT_EQ(refusal(), "stack.inputs: there is no file like 'nowhere*.csv'");
}

}  // namespace
}  // namespace foldwave::ensemble
