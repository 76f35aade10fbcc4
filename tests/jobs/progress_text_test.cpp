#include "jobs/progress_text.h"

#include <gtest/gtest.h>

namespace foldwave::jobs {
namespace {

Progress tracks(int64_t done, int64_t total, double audio_s = 0, const std::string& detail = "") {
  Progress progress{"prepare", "tracks", done, total, detail};
  progress.audio_s = audio_s;
  return progress;
}

TEST(ProgressText, SaysHowMuchIsDoneHowFastAndHowLongItTakes) {
  EXPECT_EQ(progress_text(tracks(0, 25000), tracks(1200, 25000, 12000, "3 quarantined"), 29.1),
            "prepare  1200/25000 tracks  41.2/s  412x real time  ETA 0:09:37  3 quarantined");
}

TEST(ProgressText, EndsWithTotals) {
  EXPECT_EQ(progress_text(tracks(0, 446), tracks(446, 446, 4426, "3 quarantined"), 11.86),
            "prepare  446 tracks in 0:12, 37.6/s, 373x real time, 3 quarantined");
  EXPECT_EQ(progress_text(tracks(0, 446), tracks(446, 446), 3725), "prepare  446 tracks in 1:02:05, 0.12/s");
}

TEST(ProgressText, LeavesWhatWasThereAtTheStartOutOfTheRate) {
  const Progress start = tracks(900, 1000, 9000);
  EXPECT_EQ(progress_text(start, tracks(950, 1000, 9500), 10),
            "prepare  950/1000 tracks  5/s  50x real time  ETA 0:00:10");
  EXPECT_EQ(progress_text(start, tracks(1000, 1000, 10000), 20),
            "prepare  100 of 1000 tracks in 0:20, 5/s, 50x real time");
  EXPECT_EQ(progress_text(tracks(446, 446), tracks(446, 446), 0), "prepare  446 tracks, all there already");
}

TEST(ProgressText, SaysNoRateBeforeThereIsOne) {
  EXPECT_EQ(progress_text(tracks(0, 10), tracks(3, 10, 30), 0.1), "prepare  3/10 tracks");
  EXPECT_EQ(progress_text(tracks(0, 10), tracks(0, 10), 60), "prepare  0/10 tracks");
}

TEST(ProgressText, JudgesTheTimeLeftByWorkWhereItemsDifferInCost) {
  Progress start{"train", "trials", 0, 4, ""}, now{"train", "trials", 1, 4, "resnet18 epoch 1/10"};
  start.work_total = now.work_total = 100;
  now.work_done = 10;
  EXPECT_EQ(progress_text(start, now, 60), "train    1/4 trials  0.0167/s  ETA 0:09:00  resnet18 epoch 1/10");
  now.work_done = 0;
  EXPECT_EQ(progress_text(start, now, 60), "train    1/4 trials  0.0167/s  resnet18 epoch 1/10");
}

TEST(ProgressText, WritesLargeRatesWithoutAnExponent) {
  EXPECT_EQ(progress_text(tracks(0, 100000), tracks(50000, 100000), 10),
            "prepare  50000/100000 tracks  5000/s  ETA 0:00:10");
}

}  // namespace
}  // namespace foldwave::jobs
