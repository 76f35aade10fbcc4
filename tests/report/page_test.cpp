#include <gtest/gtest.h>

#include <cstdlib>

#include "made_up_run.h"

namespace foldwave::report {
namespace {

using test::finished_run;
using test::half_finished_run;

std::string page_of(const ReportInput& input) {
  const test::TestDirectory directory("page");
  write_report(input, directory.path());
  return read_file(directory.path() / "index.html");
}

bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

TEST(Page, BeginsWithTheVerdict) {
  const std::string page = page_of(finished_run());
  EXPECT_TRUE(has(page, "<p class=\"score\">0.650"));
  EXPECT_TRUE(has(page, "macro F1 of <b>the geometric mean</b>"));
  EXPECT_TRUE(has(page, "best single model</dt><dd>0.600"));
  EXPECT_FALSE(has(page, "What is missing"));
  for (const char* id : {"verdict", "scores", "genres", "learning", "music", "trials", "quarantine", "repeat"})
    EXPECT_TRUE(has(page, std::string("<section id=\"") + id + "\">")) << id;
}

TEST(Page, TakesNamesForNamesAndNotForMarkup) {
  const std::string page = page_of(finished_run());
  EXPECT_FALSE(has(page, "<script"));
  EXPECT_FALSE(has(page, "<i>bad"));
  EXPECT_TRUE(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_TRUE(has(page, "audio/&lt;i&gt;bad&lt;/i&gt;.ogg"));
  EXPECT_TRUE(has(page, "--config &#39;a &lt;b&gt;.ini&#39;"));
}

TEST(Page, DrawsTheFoldsAloneAndHasAFitOnAllRowsInItsTables) {
  const auto pictures = [](const std::string& page) {
    std::vector<std::string> found;
    for (size_t at = page.find("<section id=\"learning\">"); (at = page.find("<svg", at)) != std::string::npos; ++at)
      found.push_back(page.substr(at, page.find("</svg>", at) - at));
    return found;
  };
  const std::string folds = page_of(finished_run()), all = page_of(test::run_with_refit());
  EXPECT_EQ(pictures(folds), pictures(all));
  EXPECT_FALSE(has(folds, "fold-all"));
  EXPECT_TRUE(has(all, "fold-all"));
  EXPECT_FALSE(has(all, "nan"));
}

TEST(Page, DrawsNoLearningOfAFitOnAllRowsAlone) {
  ReportInput input = test::run_with_refit();
  std::erase_if(input.epochs, [](const auto& entry) { return !entry.first.ends_with("fold-all"); });
  EXPECT_FALSE(has(page_of(input), "<section id=\"learning\">"));
}

TEST(Page, DrawsNoLearningOfModelsThatAreFittedInOneGo) {
  ReportInput input = finished_run();
  for (auto& [trial, epochs] : input.epochs) epochs.resize(1);
  EXPECT_FALSE(has(page_of(input), "<section id=\"learning\">"));
}

TEST(Page, LoadsNothing) {
  const std::string page = page_of(finished_run());
  for (const char* loading : {" src=", "<link rel=\"stylesheet", "@import", "url(", "<iframe", "https://"})
    EXPECT_FALSE(has(page, loading)) << loading;
}

TEST(Page, HasATableBehindEveryPicture) {
  const std::string page = page_of(finished_run());
  size_t figures = 0, tables = 0;
  for (size_t at = 0; (at = page.find("<figure", at)) != std::string::npos; ++at, ++figures)
    tables += page.substr(at, page.find("</figure>", at) - at).find("<table>") != std::string::npos;
  EXPECT_EQ(figures, 9u);  // scores, F1 by genre, confusion, two models' two curves, distribution, balance
  EXPECT_EQ(tables, figures);
}

TEST(Page, IsTheSameForTheSameRun) { EXPECT_EQ(page_of(finished_run()), page_of(finished_run())); }

TEST(Page, OfAHalfFinishedRunSaysWhatIsMissing) {
  const std::string page = page_of(half_finished_run());
  EXPECT_TRUE(has(page, "no score yet"));
  EXPECT_TRUE(has(page, "1 of 4 trials finished: 1 running, 1 pending, 1 failed."));
  EXPECT_TRUE(has(page, "There are no scores yet: the models have not been stacked."));
  EXPECT_TRUE(has(page, "loss is nan"));
  EXPECT_FALSE(has(page, "<section id=\"scores\">"));
  EXPECT_FALSE(has(page, "<section id=\"genres\">"));
}

TEST(Page, OfAnEmptyDirectoryIsAPageToo) {
  ReportInput nothing;
  nothing.record.directory = "runs/new";
  EXPECT_TRUE(has(page_of(nothing), "Nothing has been started in this run directory."));
}

TEST(Page, HasTablesAloneWhereGnuplotIsNotInstalled) {
  const std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
  setenv("PATH", "/nonexistent", 1);
  const std::string page = page_of(finished_run());
  setenv("PATH", path.c_str(), 1);
  EXPECT_FALSE(has(page, "<svg"));
  EXPECT_TRUE(has(page, "No picture: gnuplot is not installed."));
  EXPECT_TRUE(has(page, "<details open><summary>Table</summary>"));
}

}  // namespace
}  // namespace foldwave::report
