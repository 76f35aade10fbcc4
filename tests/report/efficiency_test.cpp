#include "report/efficiency.h"

#include <gtest/gtest.h>

#include "report/made_up_run.h"

namespace foldwave::report::test {
namespace {

// Training took 77 s: a group of three ranks on one trial for 70 s, one of a rank on another for 35 s, an idle one.
journal::RunRecord used_run() {
  journal::RunRecord record = finished_run().record;
  record.launches[0].ranks = 8;
  record.launches[0].nodes = 2;
  record.layout.world_size = 8;
  record.layout.groups = {{0, 1, 2}, {3}, {4, 5, 6, 7}};
  record.layouts[""] = record.layout;
  const journal::UseRecord wide{3, 70, 7, 14, 900, 3 * 70 * 2 / 8.0}, narrow{1, 35, 0, 0, 300, 35 * 2 / 8.0};
  record.use = {"l1", "", 77, {{0, wide}, {1, narrow}}};
  record.trials.begin()->second.use = wide;
  record.trials.rbegin()->second.use = narrow;
  return record;
}

TEST(Efficiency, CountsEveryRankOfEveryGroup) {
  const Efficiency found = efficiency_of(used_run());
  EXPECT_EQ(found.seconds, 77);
  EXPECT_EQ(found.groups, 3U);
  EXPECT_NEAR(found.busy, (3 * 70 + 35) / (8 * 77.0), 1e-12);
  EXPECT_EQ(found.least_busy, 0);
  EXPECT_NEAR(found.data, 3 * 7 / (3 * 70 + 35.0), 1e-12);
  EXPECT_NEAR(found.others, 3 * 14 / (3 * 70 + 35.0), 1e-12);
  EXPECT_EQ(found.peak_mib, 900);
  EXPECT_NEAR(found.node_hours, (3 * 70 + 35) * 2 / 8.0 / 3600, 1e-12);
}

TEST(Efficiency, IsUnknownOfARunThatRecordedNone) {
  EXPECT_FALSE(efficiency_of(finished_run().record).known());
  EXPECT_FALSE(efficiency_of({}).known());
  journal::RunRecord half = used_run();
  half.use.seconds = 0;
  EXPECT_FALSE(efficiency_of(half).known());
}

TEST(Efficiency, IsASentenceOfStatusAndASectionOfTheReport) {
  ReportInput input = finished_run();
  input.record = used_run();
  const std::string sentence =
      "the 3 groups had a trial for 39.8 % of the 77.0 s of training (the idlest 0.0 %), of which 8.6 % waited for "
      "data "
      "and 17.1 % for other ranks; at most 900 MiB a rank; 0.017 node-hours\n";
  EXPECT_NE(status_text(input).find("efficiency: " + sentence), std::string::npos) << status_text(input);
  EXPECT_NE(status_json(input).find("\"waiting_for_others\": 0.17"), std::string::npos);
  EXPECT_EQ(status_text(finished_run()).find("efficiency"), std::string::npos);
  const TestDirectory directory("efficiency");
  write_report(input, directory.path());
  const std::string page = read_file(directory.path() / "index.html");
  EXPECT_NE(page.find("The 3 groups had a trial for 39.8 % of the 77.0 s of training"), std::string::npos);
  EXPECT_NE(page.find("<a href=\"#efficiency\">"), std::string::npos);
}

}  // namespace
}  // namespace foldwave::report::test
