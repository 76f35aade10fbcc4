#include <gtest/gtest.h>

#include "foldwave/core/files.h"
#include "made_up_run.h"

namespace foldwave::report {
namespace {

struct WrongTracks : testing::Test {
  test::TestDirectory directory{"wrong"};
  ReportInput input = test::finished_run();

  WrongTracks() {
    input.record.directory = directory.path();
    input.wrong.clear();
  }
  // Of song 00, whose genre is 0.
  void put(const std::string& trial, const std::vector<float>& probability) const {
    catalog::PredictionTable table;
    table.classes = static_cast<int>(probability.size());
    table.song_id = {"00"};
    table.label = {0};
    table.probability = probability;
    make_directories(directory.path() / "trials" / trial);
    catalog::write_predictions(directory.path() / "trials" / trial / "oof.h5", table);
  }
};

TEST_F(WrongTracks, AreThoseThatAreSurestFirst) {
  for (int k = 0; k < 3; ++k) input.oof.probability[12 + static_cast<size_t>(k)] = k == 2 ? 0.9F : 0.05F;
  read_wrong_tracks(input);
  ASSERT_EQ(input.wrong.size(), 2u);
  EXPECT_EQ(input.wrong[0].song_id, "04");
  EXPECT_EQ(input.wrong[0].path, "audio/4.ogg");
  EXPECT_EQ(input.wrong[0].truth, 1);
  EXPECT_EQ(input.wrong[0].predicted, 2);
  EXPECT_NEAR(input.wrong[0].probability, 0.9, 1e-6);
  EXPECT_EQ(input.wrong[1].song_id, "00");
  read_wrong_tracks(input, 1);
  EXPECT_EQ(input.wrong.size(), 1u);
}

TEST_F(WrongTracks, TellWhatEachModelSaidInTheMeanOverItsSeeds) {
  input.record.trials["mfcc_mlp/seed-2/fold-0"] =
      test::trial("mfcc_mlp/seed-2/fold-0", journal::TrialState::finished, 0.5);
  put("mfcc_mlp/seed-1/fold-0", {0.2F, 0.8F, 0});
  put("mfcc_mlp/seed-2/fold-0", {0.4F, 0.4F, 0.2F});
  put("resnet18+noise/seed-1/fold-0", {0.9F, 0.1F, 0});
  read_wrong_tracks(input);
  ASSERT_EQ(input.wrong.size(), 1u);
  const std::vector<Opinion>& models = input.wrong[0].models;
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].model, "mfcc_mlp");
  EXPECT_EQ(models[0].genre, 1);
  EXPECT_NEAR(models[0].probability, 0.6, 1e-6);
  EXPECT_NEAR(models[0].of_truth, 0.3, 1e-6);
  EXPECT_EQ(models[1].genre, 0);
}

TEST_F(WrongTracks, GoOnWithoutPredictionsThatAreNotThereOrOfAnotherKind) {
  put("mfcc_mlp/seed-1/fold-0", {0.5F, 0.5F});
  make_directories(directory.path() / "trials/resnet18+noise/seed-1/fold-0");
  publish(directory.path() / "trials/resnet18+noise/seed-1/fold-0/oof.h5", "not HDF5");
  read_wrong_tracks(input);
  ASSERT_EQ(input.wrong.size(), 1u);
  EXPECT_TRUE(input.wrong[0].models.empty());
  ASSERT_EQ(input.unreadable.size(), 3u);
  EXPECT_EQ(input.unreadable[2], "The out-of-fold predictions of 2 finished trials are missing.");
  EXPECT_NE(input.unreadable[0].find("is of 2 classes, the ensemble of 3"), std::string::npos) << input.unreadable[0];
}

TEST_F(WrongTracks, AreNoneWithoutAnEnsemble) {
  input.oof = {};
  read_wrong_tracks(input);
  EXPECT_TRUE(input.wrong.empty());
}

}  // namespace
}  // namespace foldwave::report
