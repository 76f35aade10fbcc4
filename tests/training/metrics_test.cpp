#include "training/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace foldwave::training {
namespace {

TEST(Tally, HasTheMacroF1OfTheWholeSet) {
  const std::vector<int> truth{0, 0, 1, 2, 2, 2}, guess{0, 1, 1, 2, 0, 2};
  Tally tally(4), half(4);  // class 3 occurs in neither
  for (size_t i = 0; i < truth.size(); ++i) {
    Tally& part = i % 2 == 0 ? tally : half;
    part.hits[truth[i]] += truth[i] == guess[i];
    ++part.predicted[guess[i]];
    ++part.truth[truth[i]];
  }
  tally.add(half);
  EXPECT_DOUBLE_EQ(tally.macro_f1(), catalog::macro_f1(truth, guess, 4));
  EXPECT_EQ(tally.songs(), 6);
  EXPECT_DOUBLE_EQ(tally.accuracy(), 4.0 / 6);
}

TEST(Tally, SurvivesTheWayThroughFloats) {
  Tally tally(2);
  tally.loss = 1.5;
  tally.hits = {1, 2};
  tally.predicted = {3, 4};
  tally.truth = {5, 6};
  std::vector<float> floats(tally_floats(2));
  pack(tally, floats);
  const Tally again = unpack(floats, 2);
  EXPECT_EQ(again.loss, 1.5);
  EXPECT_EQ(again.hits, tally.hits);
  EXPECT_EQ(again.predicted, tally.predicted);
  EXPECT_EQ(again.truth, tally.truth);
}

TEST(MetricsCsv, HasTheStepsOfAnEpochThenItsOwnRowThenStepsOfTheEpochUnderWay) {
  const History history{{{.epoch = 1, .step = 49, .lr = 0.002, .loss = 1.75},
                         {.epoch = 1, .step = 59, .lr = 0.001, .loss = 1.25},
                         {.epoch = 2, .step = 99, .lr = 0.0005, .loss = 1}},
                        {{.epoch = 1,
                          .step = 59,
                          .lr = 0.001,
                          .train_loss = 1.5,
                          .train_accuracy = 0.375,
                          .train_macro_f1 = 0.25,
                          .valid_loss = std::nan(""),
                          .valid_accuracy = 0.625,
                          .valid_macro_f1 = 0.5,
                          .samples_per_s = 128,
                          .wait_share = 0.125,
                          .seconds = 3}}};
  EXPECT_EQ(metrics_csv(history),
            "epoch,step,lr,train_loss_step,train_loss,train_accuracy,train_macro_f1,valid_loss,valid_accuracy,"
            "valid_macro_f1,samples_per_s,wait_share,seconds\n"
            "1,49,0.002,1.75,,,,,,,,,\n"
            "1,59,0.001,1.25,,,,,,,,,\n"
            "1,59,0.001,,1.5,0.375,0.25,nan,0.625,0.5,128,0.125,3\n"
            "2,99,0.0005,1,,,,,,,,,\n");
}

TEST(MetricsCsv, HasNothingInTheCellsOfAValidationThatThereIsNot) {
  const History history{{},
                        {{.epoch = 1,
                          .step = 59,
                          .lr = 0.001,
                          .train_loss = std::nan(""),
                          .train_accuracy = 0.375,
                          .train_macro_f1 = 0.25,
                          .samples_per_s = 128,
                          .wait_share = 0.125,
                          .seconds = 3}}};
  const std::string text = metrics_csv(history);
  EXPECT_EQ(text.substr(text.find('\n') + 1), "1,59,0.001,,nan,0.375,0.25,,,,128,0.125,3\n");
}

}  // namespace
}  // namespace foldwave::training
