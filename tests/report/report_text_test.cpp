#include <gtest/gtest.h>

#include "made_up_run.h"

namespace foldwave::report {
namespace {

TEST(ReportText, TellsWhatThePageTellsInItsOrder) {
  const std::string text = report_text(test::finished_run());
  size_t last = 0;
  for (const char* part :
       {"macro F1 0.650 ± 0.030 of the geometric mean", "\nScores\n", "\nTrials\n", "\nF1 by genre", "\nWhat is taken",
        "\nTraining songs by genre and fold\n", "\nWhat the grid says", "\nSchedule\n", "\nConfidently wrong\n",
        "\nQuarantine: 1 file\n", "\nVersions\n", "\nTo repeat this\n"}) {
    const size_t at = text.find(part);
    ASSERT_NE(at, std::string::npos) << part << "\n" << text;
    EXPECT_GE(at, last) << part;
    last = at;
  }
}

TEST(ReportText, SaysWhatAHalfFinishedRunLacks) {
  const std::string text = report_text(test::half_finished_run());
  EXPECT_NE(text.find("no score yet"), std::string::npos);
  EXPECT_NE(text.find("missing: 1 of 4 trials finished"), std::string::npos) << text;
  EXPECT_NE(text.find("loss is nan"), std::string::npos);
}

TEST(ReportText, SendsATerminalNoBytesThatItWouldObey) {
  ReportInput input = test::hostile_run();
  input.wrong[0].song_id = "\033[2Jgone";
  const std::string text = report_text(input);
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

}  // namespace
}  // namespace foldwave::report
