#include "report/efficiency.h"

#include <gtest/gtest.h>

#include "report/made_up_run.h"

namespace foldwave::report::test {
namespace {

// A launch of eight ranks on two nodes trained for 77 s: three of them a trial for 70 s, one another for 35 s, four
// none; then one of two ranks on one node for 10 s, all of it busy.
journal::RunRecord used_run() {
  journal::RunRecord record = finished_run().record;
  const journal::UseRecord wide{3, 70, 7, 14, 900, 3 * 70 * 2 / 8.0}, narrow{1, 35, 0, 0, 300, 35 * 2 / 8.0};
  const journal::UseRecord later{2, 10, 1, 0, 500, 10};
  record.uses = {{"l1", "", 8, 1795560013, 77, {{0, wide}, {1, narrow}}}, {"l2", "", 2, 1795560113, 10, {{0, later}}}};
  auto& first = record.trials.begin()->second.use;
  first = wide;
  first.add(later);
  record.trials.rbegin()->second.use = narrow;
  return record;
}

TEST(Efficiency, CountsEveryRankOfEveryLaunch) {
  const Efficiency found = efficiency_of(used_run());
  const double rank_s = 8 * 77 + 2 * 10, busy_s = 3 * 70 + 35 + 2 * 10;
  EXPECT_EQ(found.launches, 2U);
  EXPECT_NEAR(found.rank_hours, rank_s / 3600, 1e-12);
  EXPECT_NEAR(found.busy, busy_s / rank_s, 1e-12);
  EXPECT_NEAR(found.data, (3 * 7 + 2 * 1) / busy_s, 1e-12);
  EXPECT_NEAR(found.others, 3 * 14 / busy_s, 1e-12);
  EXPECT_EQ(found.peak_mib, 900);
  EXPECT_NEAR(found.node_hours, ((3 * 70 + 35) * 2 / 8.0 + 10) / 3600, 1e-12);
}

TEST(Efficiency, IsUnknownOfARunThatRecordedNone) {
  EXPECT_FALSE(efficiency_of(finished_run().record).known());
  EXPECT_FALSE(efficiency_of({}).known());
}

TEST(Efficiency, IsASentenceOfStatusAndASectionOfTheReport) {
  ReportInput input = finished_run();
  input.record = used_run();
  const std::string sentence =
      "ranks had a trial for 41.7 % of 0.177 rank-hours of training in 2 launches, of which 8.7 % waited for data and "
      "15.8 % for other ranks; at most 900 MiB a rank; 0.0198 node-hours of trials\n";
  EXPECT_NE(status_text(input).find("efficiency: " + sentence), std::string::npos) << status_text(input);
  EXPECT_NE(status_json(input).find("\"waiting_for_others\": 0.15"), std::string::npos);
  EXPECT_EQ(status_text(finished_run()).find("efficiency"), std::string::npos);
  const TestDirectory directory("efficiency");
  write_report(input, directory.path());
  const std::string page = read_file(directory.path() / "index.html");
  EXPECT_NE(page.find("Ranks had a trial for 41.7 % of 0.177 rank-hours of training"), std::string::npos);
  EXPECT_NE(page.find("<a href=\"#efficiency\">"), std::string::npos);
}

}  // namespace
}  // namespace foldwave::report::test
