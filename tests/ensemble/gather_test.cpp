#include <gtest/gtest.h>

#include <algorithm>

#include "foldwave/core/errors.h"
#include "tables.h"

namespace foldwave::ensemble {
namespace {

using catalog::PredictionTable;

// Six training songs over two folds in mixed order, two test songs.
struct Gather : testing::Test {
  std::vector<std::string> train{"01", "2", "3", "4", "5", "6"}, test{"a", "b"};
  std::vector<PredictionTable> oof, tests;

  Gather() {
    oof = {part(0, {"6", "2", "4"}, {0, 1, 0}), part(1, {"01", "3", "5"}, {1, 1, 0})};
    tests = {part(0, {"b", "a"}, {-1, -1}), part(1, {"a", "b"}, {-1, -1})};
    tests[0].probability = {0.9f, 0.1f, 0.2f, 0.8f};
    tests[1].probability = {0.4f, 0.6f, 0.7f, 0.3f};
  }
  static PredictionTable part(int fold, std::vector<std::string> ids, std::vector<int> label) {
    PredictionTable table;
    table.model = "resnet18", table.augment = "noise", table.seed = 3, table.fold = fold, table.classes = 2;
    for (size_t i = 0; i < ids.size(); ++i) {
      const float p = 0.05f * static_cast<float>(i + 1) + 0.3f * static_cast<float>(fold);
      table.probability.insert(table.probability.end(), {p, 1 - p});
    }
    table.song_id = std::move(ids);
    table.label = std::move(label);
    return table;
  }
  std::string refusal() {
    try {
      gather(oof, tests, train, test);
    } catch (const InputError& error) {
      return error.what();
    }
    return "not refused";
  }
};

TEST_F(Gather, PutsOofRowsInTheOrderOfTheTrainingTable) {
  const ModelPredictions gathered = gather(oof, tests, train, test);
  EXPECT_EQ(gathered.oof.song_id, train);
  EXPECT_EQ(gathered.oof.label, (std::vector<int>{1, 1, 1, 0, 0, 0}));
  EXPECT_FLOAT_EQ(gathered.oof.probability[0], 0.35f);
  EXPECT_FLOAT_EQ(gathered.oof.probability[2], 0.10f);
  EXPECT_EQ(gathered.oof.fold, -1);
  EXPECT_EQ(gathered.oof.model, "resnet18");
}

TEST_F(Gather, AveragesTestRowsOverTheFoldsInTheOrderOfTheTestTable) {
  const ModelPredictions gathered = gather(oof, tests, train, test);
  EXPECT_EQ(gathered.test.song_id, test);
  EXPECT_FLOAT_EQ(gathered.test.probability[0], 0.3f);
  EXPECT_FLOAT_EQ(gathered.test.probability[2], 0.8f);
}

TEST_F(Gather, CountsTheTestRowsOfAFitOnAllRowsAsOneFoldMore) {
  tests.push_back(part(-1, {"a", "b"}, {-1, -1}));
  tests[2].probability = {0.9f, 0.1f, 0.2f, 0.8f};
  const ModelPredictions gathered = gather(oof, tests, train, test);
  EXPECT_FLOAT_EQ(gathered.test.probability[0], (0.2f + 0.4f + 0.9f) / 3);
  EXPECT_FLOAT_EQ(gathered.test.probability[2], (0.9f + 0.7f + 0.2f) / 3);
  EXPECT_EQ(gathered.oof.song_id, train);
}

TEST_F(Gather, NeedsNoTestTablesWhereThereAreNoTestSongs) { EXPECT_EQ(gather(oof, {}, train, {}).test.rows(), 0u); }

TEST_F(Gather, RefusesAMissingSongByName) {
  oof[1] = part(1, {"01", "3"}, {1, 1});
  EXPECT_EQ(refusal(), "OOF predictions of resnet18+noise seed 3: song '5' is missing");
  tests[1] = part(1, {"a"}, {-1});
  oof[1] = part(1, {"01", "3", "5"}, {1, 1, 0});
  EXPECT_EQ(refusal(), "test predictions of resnet18+noise seed 3 fold 1: song 'b' is missing");
}

TEST_F(Gather, RefusesASongThatComesTwiceByName) {
  oof[1].song_id[0] = "6";
  EXPECT_EQ(refusal(), "OOF predictions of resnet18+noise seed 3 fold 1: song '6' is there a second time");
}

TEST_F(Gather, RefusesAStrangerByName) {
  oof[0].song_id[0] = "x9";
  EXPECT_EQ(refusal(), "OOF predictions of resnet18+noise seed 3 fold 0: song 'x9' is not among the training songs");
}

TEST_F(Gather, RefusesANumberThatIsNoProbabilityByName) {
  oof[0].probability[3] = std::nanf("");
  EXPECT_EQ(refusal(),
            "OOF predictions of resnet18+noise seed 3 fold 0: song '2' has probability nan for class 1; expected a "
            "number from 0 to 1");
  oof[0].probability[3] = -0.25f;
  EXPECT_NE(refusal().find("song '2' has probability -0.25 for class 1"), std::string::npos);
}

TEST_F(Gather, RefusesARowThatDoesNotSumToOneByName) {
  tests[0].probability[0] = 0.5f;
  EXPECT_EQ(
      refusal(),
      "test predictions of resnet18+noise seed 3 fold 0: the probabilities of song 'b' sum to 0.6000; expected 1");
}

TEST_F(Gather, RefusesALabelOutsideTheClassesByName) {
  oof[0].label[1] = -1;
  EXPECT_EQ(refusal(), "OOF predictions of resnet18+noise seed 3 fold 0: song '2' has label -1; expected 0 to 1");
}

TEST_F(Gather, RefusesFoldsWithDifferentNumbersOfClasses) {
  oof[1].classes = 3;
  EXPECT_EQ(refusal(), "OOF predictions of resnet18+noise seed 3 fold 1: 3 classes; expected 2");
}

}  // namespace
}  // namespace foldwave::ensemble
