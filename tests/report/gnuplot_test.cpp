#include "report/gnuplot.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "made_up_run.h"

namespace foldwave::report {
namespace {

Chart chart_with_name(const std::string& name) {
  return {.id = "one",
          .description = "a \"test\"",
          .data = {{"d", {{"1", name}, {"2", "b"}}}},
          .commands = "unset key\nplot $d using 1:1:ytic(2) with points pt 7 lc rgb first"};
}

bool gnuplot_is_here() { return draw(chart_with_name("a")).problem != "gnuplot is not installed"; }

// Runs the body in an empty directory, so that a file made by an executed name would be seen there.
struct InEmptyDirectory : testing::Test {
  test::TestDirectory directory{"gnuplot"};
  std::filesystem::path before = std::filesystem::current_path();
  InEmptyDirectory() { std::filesystem::current_path(directory.path()); }
  ~InEmptyDirectory() override { std::filesystem::current_path(before); }
};

TEST_F(InEmptyDirectory, ANameExecutesNothing) {
  if (!gnuplot_is_here()) GTEST_SKIP() << "gnuplot is not installed";
  for (const char* name :
       {"`touch executed`", "$(touch executed)", "\"`touch executed`\"", "END_OF_DATA\nsystem('touch executed')",
        "x\nEND_OF_DATA\n!touch executed", "@d `touch executed", "'.system(\"touch executed\").'"}) {
    EXPECT_EQ(draw(chart_with_name(name)).problem, "") << name;
    EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << name;
  }
}

TEST_F(InEmptyDirectory, ANameIsWrittenAsItIs) {
  if (!gnuplot_is_here()) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_NE(draw(chart_with_name("a_{b} <i>&x")).svg.find("a_{b} &lt;i>&amp;x"), std::string::npos);
}

TEST_F(InEmptyDirectory, ABackslashInANameBreaksNoLine) {
  if (!gnuplot_is_here()) GTEST_SKIP() << "gnuplot is not installed";
  EXPECT_NE(draw(chart_with_name("R\\nB \\101")).svg.find("R\\nB \\101"), std::string::npos);
}

TEST(Gnuplot, PicturesTakeColoursFromThePageAndHaveIdsOfTheirOwn) {
  if (!gnuplot_is_here()) GTEST_SKIP() << "gnuplot is not installed";
  const std::string svg = draw(chart_with_name("a")).svg;
  EXPECT_EQ(svg.rfind("<svg role=\"img\" aria-label=\"a &quot;test&quot;\"", 0), 0u);
  EXPECT_NE(svg.find("var(--chart-first)"), std::string::npos);
  EXPECT_NE(svg.find("var(--chart-text)"), std::string::npos);
  EXPECT_NE(svg.find("id='one-Pt0'"), std::string::npos);
  for (const char* unwanted : {"<?xml", "<!DOCTYPE", "<title>", "gnuplot", "font-family", "rgb("})
    EXPECT_EQ(svg.find(unwanted), std::string::npos) << unwanted;
}

TEST(Gnuplot, SaysWhatWentWrong) {
  if (!gnuplot_is_here()) GTEST_SKIP() << "gnuplot is not installed";
  Chart chart = chart_with_name("a");
  chart.commands = "plot nonsense with nothing";
  const Picture picture = draw(chart);
  EXPECT_EQ(picture.svg, "");
  EXPECT_EQ(picture.problem.rfind("gnuplot failed on 'one': ", 0), 0u) << picture.problem;
}

TEST(Gnuplot, IsMissedWhereItIsNotInstalled) {
  const std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
  setenv("PATH", "/nonexistent", 1);
  const Picture picture = draw(chart_with_name("a"));
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(picture.problem, "gnuplot is not installed");
}

}  // namespace
}  // namespace foldwave::report
