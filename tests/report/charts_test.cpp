// Charts whose names are long or many: nothing lies over anything else or beyond the edge.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "made_up_run.h"
#include "report/bar_chart.h"
#include "report/heat_map.h"
#include "report/name_axis.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

struct Text {
  std::string text;
  double x = 0;
  std::string turned;  // by how many degrees; empty: it is level
};
// Of gnuplot's SVG: translate(X,Y) rotate(D)"...> <text>WORDS</text>
std::vector<Text> texts_of(const std::string& svg) {
  const std::string moved = "translate(", turned = " rotate(", begin = "<text>";
  std::vector<Text> all;
  for (size_t at = svg.find(moved); at != std::string::npos; at = svg.find(moved, at + 1)) {
    Text text;
    text.x = std::stod(svg.substr(at + moved.size(), 20));
    size_t end = svg.find(')', at) + 1;
    if (svg.compare(end, turned.size(), turned) == 0) {
      const size_t number = end + turned.size();
      end = svg.find(')', number);
      text.turned = svg.substr(number, end - number);
      if (text.turned.ends_with(".0")) text.turned.resize(text.turned.size() - 2);
    }
    const size_t next = svg.find_first_not_of(" \n\t", svg.find('>', end) + 1);
    if (next == std::string::npos || svg.compare(next, begin.size(), begin) != 0) continue;
    const size_t words = svg.find_first_not_of(' ', next + begin.size());
    text.text = svg.substr(words, svg.find('<', words) - words);
    all.push_back(text);
  }
  return all;
}

class Charts : public testing::Test {
 protected:
  void SetUp() override {
    if (draw({.id = "a", .description = "", .data = {}, .commands = "plot 1"}).problem == "gnuplot is not installed")
      GTEST_SKIP() << "gnuplot is not installed";
  }
  static std::vector<Text> drawn(const Chart& chart) {
    const Picture picture = draw(chart);
    EXPECT_EQ(picture.problem, "");
    return texts_of(picture.svg);
  }
};

TEST_F(Charts, BarsKeepRoomForTheWordAtTheirEnd) {
  for (const double end : {1.0, 0.0}) {
    const Chart chart = chart_of(BarChart{.id = "bars",
                                          .description = "",
                                          .axis_title = "",
                                          .bars = {{std::string(90, 'x'), 1, "1.00"}, {"Rock", 0.5, "0.50"}},
                                          .axis_end = end});
    size_t words = 0;
    for (const Text& text : drawn(chart)) {
      if (text.text != "1.00") continue;
      ++words;
      EXPECT_LE(text.x + pixels_beside({text.text}), chart.width);
    }
    EXPECT_EQ(words, 1u);
  }
}

TEST_F(Charts, AnAxisOfF1EndsAt1AndOneOfSongsCountsWholeOnes) {
  const auto ticks = [](double axis_end, double longest) {
    std::vector<std::string> all;
    for (const Text& text : drawn(chart_of(BarChart{.id = "bars",
                            .description = "",
                            .axis_title = "",
                            .bars = {{"Rock", longest, "n"}},
                            .axis_end = axis_end})))
      if (text.text != "Rock" && text.text != "n") all.push_back(text.text);
    return all;
  };
  EXPECT_EQ(ticks(1, 1), (std::vector<std::string>{"0", "0.2", "0.4", "0.6", "0.8", "1"}));
  EXPECT_EQ(ticks(0, 2), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(ticks(0, 37), (std::vector<std::string>{"0", "10", "20", "30"}));
  const test::TestDirectory directory("scores");
  ReportInput input = test::finished_run();
  for (ScoreRow& score : input.scores) score.oof_macro_f1 = 1, score.standard_error = 0, score.fold_macro_f1 = {1, 1};
  write_report(input, directory.path());
  for (const Text& text : texts_of(read_file(directory.path() / "scores.svg")))
    EXPECT_TRUE(text.text.find_first_not_of("0123456789.") != std::string::npos || std::stod(text.text) <= 1)
        << text.text;
}

TEST_F(Charts, NamesOfColumnsStandUprightWhereTheyWouldTouch) {
  const auto turned = [](int genres, const std::string& name) {
    HeatMap map{.id = "map",
                .description = "",
                .row_title = "",
                .column_title = "",
                .rows = {},
                .columns = {},
                .count = std::vector<int>(static_cast<size_t>(genres * genres), 0),
                .shade = std::vector<double>(static_cast<size_t>(genres * genres), 0)};
    for (int k = 0; k < genres; ++k) map.columns.push_back(name + std::to_string(k)), map.rows.emplace_back("row");
    std::set<std::string> degrees;
    for (const Text& text : drawn(chart_of(map)))
      if (text.text.starts_with(name.substr(0, 4))) degrees.insert(text.turned);
    return degrees;
  };
  EXPECT_EQ(turned(3, "Jazz"), (std::set<std::string>{""}));
  EXPECT_EQ(turned(8, "Old-Time / Historic "), (std::set<std::string>{"-40"}));
  EXPECT_EQ(turned(40, "Very long genre name that begins alike "), (std::set<std::string>{"-90"}));
}

TEST(NameAxis, CutsWideCharactersShorter) {
  EXPECT_EQ(fitted({"Rock", "Old-Time / Historic"}, 12), (std::vector<std::string>{"Rock", "Old-Tim…oric"}));
  const std::string wide = fitted({"日本日本日本日本日本日本"}, 12)[0];
  EXPECT_LT(width(wide), 8u);
  EXPECT_LE(pixels_beside({wide}), pixels_beside({std::string(12, 'x')}));
}

}  // namespace
}  // namespace foldwave::report
