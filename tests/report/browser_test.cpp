// The page in headless Chromium, which browser_checks.py drives: nothing loaded, no error, tables that sort by click
// and key, widths of a phone and of a wide screen, print. Skipped where there is no Chromium, unless
// $FOLDWAVE_BROWSER_REQUIRED is set.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "made_up_run.h"

namespace foldwave::report {
namespace {

std::string python() {
  const char* given = std::getenv("FOLDWAVE_PYTHON");
  return given != nullptr ? given : "python3";
}

bool can_be_run(const std::string& program) {
  return std::system(("command -v '" + program + "' >/dev/null 2>&1").c_str()) == 0;
}

class Browser : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& program : {std::string("chromium"), python(), std::string("gnuplot")})
      if (!can_be_run(program)) {
        ASSERT_EQ(std::getenv("FOLDWAVE_BROWSER_REQUIRED"), nullptr) << "there is no " << program;
        GTEST_SKIP() << "there is no " << program;
      }
  }

  std::filesystem::path page_of(const ReportInput& input, const std::string& name) const {
    write_report(input, directory_.path() / name);
    return directory_.path() / name / "index.html";
  }
  std::filesystem::path spoilt(const std::filesystem::path& page, const std::string& name, const std::string& from,
                               const std::string& to) const {
    std::string text = read_file(page);
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto path = directory_.path() / (name + ".html");
    publish(path, text);
    return path;
  }
  static int check(const std::string& pages) {
    return std::system((python() + " '" FOLDWAVE_TEST_SOURCES "/report/browser_checks.py' " + pages).c_str());
  }
  static std::string quoted(const std::filesystem::path& path) { return " '" + path.string() + "'"; }

  test::TestDirectory directory_{"browser"};
};

TEST_F(Browser, ShowsSortsAndPrintsEveryKindOfPage) {
  ReportInput nothing;
  nothing.record.directory = "runs/new";
  std::string pages;
  pages += quoted(page_of(test::finished_run(), "finished"));
  pages += quoted(page_of(test::half_finished_run(), "half"));
  pages += quoted(page_of(nothing, "nothing"));
  pages += quoted(page_of(test::run_of_genres(2), "two"));
  pages += quoted(page_of(test::run_of_genres(19), "nineteen"));
  EXPECT_EQ(check(pages), 0);
}

TEST_F(Browser, TakesHostileNamesForNames) { EXPECT_EQ(check(quoted(page_of(test::hostile_run(), "hostile"))), 0); }

// Whose table stands open.
TEST_F(Browser, KeepsEveryColumnInSightBesideALongName) {
  ReportInput input = test::run_of_genres(40);
  input.catalog.class_names[7] = std::string(90, 'x');
  nlohmann::json versions;
  for (int i = 0; i < 40; ++i) versions["library " + std::to_string(i)] = "1.0";
  input.environment_json = nlohmann::json{{"versions", versions}}.dump();
  EXPECT_EQ(check(quoted(page_of(input, "forty"))), 0);
}

TEST_F(Browser, NoticesWhatIsWrongWithAPage) {
  const auto sound = page_of(test::finished_run(), "sound");
  std::string pages;
  pages += quoted(spoilt(sound, "wide", "<footer>", "<footer><div style=\"width:2000px\">x</div>"));
  pages += quoted(spoilt(sound, "loading", "<footer>", "<footer><img src=\"http://127.0.0.1:9/x.png\" alt=\"\">"));
  pages += quoted(spoilt(sound, "script", "<footer>", "<footer><script>alert(1)</script>"));
  pages += quoted(spoilt(sound, "unsorted", "<data value=\"0.5\">0.500", "<data value=\"0.5\">0.900"));
  pages += quoted(spoilt(sound, "tableless", "<figure>", "<figure></figure><figure>"));
  EXPECT_EQ(check("--broken" + pages), 0);
}

}  // namespace
}  // namespace foldwave::report
