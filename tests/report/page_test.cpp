#include <gtest/gtest.h>

#include <cstdlib>

#include "foldwave/core/errors.h"
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
  EXPECT_TRUE(has(page, "lead ± s.e."));
  EXPECT_TRUE(has(page, "-0.150 ± 0.020"));
  EXPECT_TRUE(has(page, "best single model</dt><dd>0.600"));
  EXPECT_FALSE(has(page, "What is missing"));
  size_t last = 0;
  for (const char* id : {"verdict", "scores", "trials", "learning", "genres", "music", "grid", "schedule", "mistakes",
                         "quarantine", "repeat"}) {
    const size_t at = page.find(std::string("<section id=\"") + id + "\">");
    ASSERT_NE(at, std::string::npos) << id;
    EXPECT_GT(at, last) << id;
    last = at;
  }
}

TEST(Page, TakesNamesForNamesAndNotForMarkup) {
  const std::string page = page_of(finished_run());
  size_t scripts = 0;
  for (size_t at = 0; (at = page.find("<script", at)) != std::string::npos; ++at) ++scripts;
  EXPECT_EQ(scripts, 1u);  // the page's own
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
  EXPECT_FALSE(has(folds, "<td>all</td>"));
  EXPECT_TRUE(has(all, "<td>all</td>"));
  EXPECT_FALSE(has(all, "nan"));
}

TEST(Page, DrawsNoLearningOfAFitOnAllRowsAlone) {
  ReportInput input = test::run_with_refit();
  std::erase_if(input.epochs, [](const auto& entry) { return !entry.first.ends_with("fold-all"); });
  EXPECT_FALSE(has(page_of(input), "<section id=\"learning\">"));
}

TEST(Page, SaysOfModelsThatAreFittedInOneGoThatTheyHaveNoCourse) {
  ReportInput input = finished_run();
  for (auto& [trial, epochs] : input.epochs) epochs.resize(1);
  const std::string page = page_of(input);
  EXPECT_TRUE(has(page, "2 models have a single epoch, or are fitted in one go"));
  EXPECT_FALSE(has(page, "-loss-"));
}

TEST(Page, LiesBesideItsPicturesAndTakesThoseOfAnEarlierReportAway) {
  const test::TestDirectory directory("pictures");
  for (const char* old : {"learning-7-loss.png", "wrong-19.svg", "grid-3.png"}) publish(directory.path() / old, "old");
  publish(directory.path() / "spectrogram-1.png", "explore's");
  write_report(finished_run(), directory.path());
  for (const char* name : {"scores", "genre-f1", "confusion", "learning-0-loss", "learning-1-f1", "distribution",
                           "balance", "grid-0", "schedule", "wrong-1"}) {
    const std::string svg = read_file(directory.path() / (std::string(name) + ".svg"));
    EXPECT_NE(svg.find("<svg"), std::string::npos) << name;
    EXPECT_EQ(svg.find("var(--"), std::string::npos) << name << " has colours that only the page knows";
    EXPECT_EQ(read_file(directory.path() / (std::string(name) + ".png")).substr(1, 3), "PNG") << name;
  }
  for (const char* old : {"learning-7-loss.png", "wrong-19.svg", "grid-3.png"})
    EXPECT_FALSE(std::filesystem::exists(directory.path() / old)) << old;
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "spectrogram-1.png"));
}

TEST(Page, MissesNoTrialsWhereNothingWasToBeTrained) {
  ReportInput asked;
  asked.record.launches.push_back({"l1", "node1", "", "foldwave predict", 4, 1795560000, 1795560100, "done", ""});
  asked.only_asked = "Nothing is scored here: networks were asked about 9 songs.";
  const std::string page = page_of(asked);
  EXPECT_TRUE(has(page, "networks were asked about 9 songs"));
  EXPECT_FALSE(has(page, "No trial has been planned yet"));
  EXPECT_FALSE(has(page, "have not been stacked"));
  EXPECT_TRUE(has(page, "mpirun -n 4 foldwave predict"));
  ReportInput stacked = finished_run();
  stacked.record.trials.clear();
  EXPECT_FALSE(has(page_of(stacked), "No trial has been planned yet"));
}

TEST(Page, SaysWhyASongHasNoSpectrogram) {
  ReportInput input = finished_run();
  input.spectrogram_of = [](const std::string&) -> Spectrogram { throw InputError("the store is <gone>"); };
  EXPECT_TRUE(has(page_of(input), "No picture: the store is &lt;gone&gt;."));
  input.spectrogram_of = nullptr;
  EXPECT_TRUE(has(page_of(input), "No picture: the feature store is not there."));
}

TEST(Page, OfALargeGridStaysSmall) {
  ReportInput input = finished_run();
  for (int point = 0; point < 100; ++point)
    for (int fold = 0; fold < 5; ++fold) {
      const std::string id = "mfcc_mlp+none+lr=0." + std::to_string(point) + "/seed-1/fold-" + std::to_string(fold);
      input.record.trials[id] = test::trial(id, journal::TrialState::finished, 0.5);
      for (int epoch = 1; epoch <= 100; ++epoch)
        input.epochs[id].push_back({epoch, 1e-3, 1.0 / epoch, 0.5, 1.2 / epoch, 0.4, 1.5});
    }
  const std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
  setenv("PATH", "/nonexistent", 1);  // its 200 pictures would take a minute
  const std::string page = page_of(input);
  setenv("PATH", path.c_str(), 1);
  EXPECT_LT(page.size(), 3u << 20);
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
    tables += page.substr(at, page.find("</figure>", at) - at).find("<table") != std::string::npos;
  EXPECT_EQ(figures, 10u);  // scores, F1 by genre, confusion, learning of two models, distribution, ...
  EXPECT_EQ(tables, figures);
}

TEST(Page, TellsOfTheLaunchThatWritesItHowLongItHasTaken) {
  ReportInput input = finished_run();
  journal::LaunchRecord& launch = input.record.launches[0];
  launch.ending.clear(), launch.ended_s = 0;
  EXPECT_TRUE(has(page_of(input), "<td class=\"n\">-</td><td>not yet</td>"));
  input.record.stages.push_back({"report", "running", launch.started_s + 95, 0, "", "another"});
  EXPECT_TRUE(has(page_of(input), "<td class=\"n\">-</td><td>not yet</td>"));
  input.record.stages.back().launch = launch.id;
  EXPECT_TRUE(has(page_of(input), "<td class=\"n\">95.0 s so far</td><td>writing its report</td>"));
}

TEST(Page, CallsNoGenreBestOrWorstThatAnotherEquals) {
  const auto answers = [](const std::vector<int>& said) {
    ReportInput input = finished_run();
    for (size_t i = 0; i < 12; ++i)
      for (size_t k = 0; k < 3; ++k) input.oof.probability[3 * i + k] = static_cast<int>(k) == said[i] ? 0.8F : 0.1F;
    return page_of(input);
  };
  EXPECT_TRUE(has(page_of(finished_run()), "Folk `touch executed` is told best, "));
  const std::string right = answers({0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2});
  EXPECT_TRUE(has(right, "<p class=\"lead\">No song is taken for another genre's.</p>"));
  EXPECT_FALSE(has(right, "is told"));
  const std::string turned = answers({1, 2, 0, 0, 1, 2, 0, 1, 2, 0, 1, 2});
  EXPECT_FALSE(has(turned, "is told"));
  EXPECT_TRUE(has(turned, "<p class=\"lead\">The commonest mistake: Rock taken for "));
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
