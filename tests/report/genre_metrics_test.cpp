#include "report/genre_metrics.h"

#include <gtest/gtest.h>

#include "made_up_run.h"

namespace foldwave::report {
namespace {

// Twelve songs, four a genre, all told right but the first, a 0 taken for a 1.
TEST(GenreMetrics, CountsWhatIsTakenForWhat) {
  const GenreMetrics metrics = genre_metrics(test::finished_run().oof);
  EXPECT_EQ(metrics.confusion, (std::vector<int>{3, 1, 0, 0, 4, 0, 0, 0, 4}));
  EXPECT_EQ(metrics.songs, 12);
}

TEST(GenreMetrics, GivesPrecisionRecallAndF1BestFirst) {
  const GenreMetrics metrics = genre_metrics(test::finished_run().oof);
  EXPECT_EQ(metrics.genres[0].genre, 2);
  EXPECT_EQ(metrics.genres[1].genre, 1);
  EXPECT_DOUBLE_EQ(metrics.genres[1].precision, 0.8);
  EXPECT_DOUBLE_EQ(metrics.genres[2].recall, 0.75);
  EXPECT_DOUBLE_EQ(metrics.genres[2].f1, 6.0 / 7);
}

TEST(GenreMetrics, LeavesOutSongsWithoutALabel) {
  catalog::PredictionTable oof = test::finished_run().oof;
  oof.label[0] = -1;
  EXPECT_EQ(genre_metrics(oof).songs, 11);
}

}  // namespace
}  // namespace foldwave::report
