#include "report/busy_time.h"

#include <gtest/gtest.h>

namespace foldwave::report {
namespace {

journal::SpanRecord span(double from, double to) {
  journal::SpanRecord record;
  record.started_s = from;
  record.ended_s = to;
  return record;
}

TEST(BusyTime, LeavesPausesBetweenLaunchesOut) {
  const BusyTime time({span(1000, 1100), span(1050, 1200), span(9000, 9100)}, 9100);
  ASSERT_EQ(time.pauses().size(), 1u);
  EXPECT_DOUBLE_EQ(time.pauses()[0].at_s, 200);
  EXPECT_DOUBLE_EQ(time.pauses()[0].length_s, 7800);
  EXPECT_DOUBLE_EQ(time(1000), 0);
  EXPECT_DOUBLE_EQ(time(1150), 150);
  EXPECT_DOUBLE_EQ(time(5000), 200);  // in the pause
  EXPECT_DOUBLE_EQ(time(9050), 250);
  EXPECT_DOUBLE_EQ(time.length_s(), 300);
}

TEST(BusyTime, KeepsAShortWaitAndWhatGoesOn) {
  const BusyTime time({span(1000, 1100), span(1110, 0)}, 1200);
  EXPECT_TRUE(time.pauses().empty());
  EXPECT_DOUBLE_EQ(time.length_s(), 200);
}

TEST(BusyTime, OfNothingIsNothing) { EXPECT_DOUBLE_EQ(BusyTime({}, 0).length_s(), 0); }

}  // namespace
}  // namespace foldwave::report
