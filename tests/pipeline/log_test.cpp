// What a person sees while a run is going on, and what is kept of it: a log for each rank.
#include <regex>

#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

class Logs : public Program {
 protected:
  static std::vector<fs::path> logs_of(const fs::path& run) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(run / "logs"))
      if (entry.path().extension() == ".log") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  static std::string host() {
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return name;
  }
};

const std::vector<std::string> kSmall{"--grid.backbones", "mfcc_mlp"};

TEST_F(Logs, EachRankOfEachLaunchHasAFileThatSaysWhereItWasAndWhatItDid) {
  const fs::path run_directory = root_ / "logged";
  ASSERT_EQ(run(2, run_directory, kSmall).code, 0);
  const auto first = logs_of(run_directory);
  ASSERT_EQ(first.size(), 2u);
  std::string together;
  for (size_t rank = 0; rank < 2; ++rank) {
    EXPECT_EQ(first[rank].filename(), "rank-0000" + std::to_string(rank) + ".log");
    const std::string text = slurp(first[rank]), title = text.substr(0, text.find('\n'));
    EXPECT_NE(title.find(", rank " + std::to_string(rank) + " of 2 on " + host() + ", process "), std::string::npos)
        << title;
    EXPECT_NE(title.find(first[rank].parent_path().filename().string()), std::string::npos) << title;
    EXPECT_TRUE(std::regex_search(
        text, std::regex("\n\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z info    train    done in [0-9.]+ s\n")))
        << text;
    EXPECT_TRUE(text.ends_with("ends with exit code 0\n")) << text;
    EXPECT_EQ(slurp(first[rank].parent_path() / "environment.json"), slurp(run_directory / "environment.json"));
    together += text;
  }
  for (int fold = 0; fold < 2; ++fold)
    EXPECT_NE(together.find("mfcc_mlp+none/seed-1/fold-" + std::to_string(fold) + ": finished after "),
              std::string::npos)
        << together;
  EXPECT_NE(together.find(" shard 0 made: "), std::string::npos) << together;

  const std::string kept = slurp(first[1]);
  ASSERT_EQ(run(1, run_directory, kSmall).code, 0);
  EXPECT_EQ(logs_of(run_directory).size(), 3u);
  EXPECT_EQ(slurp(first[1]), kept);
}

TEST_F(Logs, ARunGoesOnWithoutLogsThatCannotBeWritten) {
  const fs::path run_directory = root_ / "unlogged";
  fs::create_directories(run_directory);
  std::ofstream(run_directory / "logs") << "no folder";
  const Ending ending = run(2, run_directory, kSmall);
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_TRUE(fs::exists(run_directory / "ensemble" / "submission.csv"));
}

TEST_F(Logs, AnErrorStandsInTheLogAsItWasSaid) {
  const fs::path run_directory = root_ / "erring";
  std::vector<std::string> words = run_arguments(run_directory, kSmall);
  words[0] = "train";  // nothing is prepared
  const Ending ending = finish(under_mpirun(2, words));
  ASSERT_EQ(ending.code, 2);
  const size_t begin = ending.err.find("foldwave: the feature store");
  ASSERT_NE(begin, std::string::npos) << ending.err;
  const std::string sentence = ending.err.substr(begin + 10, ending.err.find('\n', begin) - begin - 10);
  for (const fs::path& log : logs_of(run_directory))
    EXPECT_NE(slurp(log).find("error   train    " + sentence + "\n"), std::string::npos) << slurp(log);
}

TEST_F(Logs, QuietShowsTheOutcomeAlone) {
  const fs::path run_directory = root_ / "quiet";
  std::vector<std::string> words = run_arguments(run_directory, kSmall);
  words.emplace_back("--quiet");
  const Ending ending = finish(under_mpirun(2, words));
  ASSERT_EQ(ending.code, 0) << ending.err;
  EXPECT_EQ(ending.err, "report: " + (run_directory / "report" / "index.html").string() +
                            "\nsubmission: " + (run_directory / "ensemble" / "submission.csv").string() + "\n");
  EXPECT_NE(slurp(logs_of(run_directory).front()).find(" info    prepare  "), std::string::npos);

  words[0] = "stack";
  const Ending stacked = finish(under_mpirun(1, words));
  ASSERT_EQ(stacked.code, 0) << stacked.err;
  EXPECT_TRUE(stacked.err.starts_with("stack    ")) << stacked.err;
  EXPECT_EQ(std::count(stacked.err.begin(), stacked.err.end(), '\n'), 1) << stacked.err;
}

TEST_F(Logs, StatusPaintsWhatWasChosen) {
  if (std::system("command -v script > /dev/null") != 0) GTEST_SKIP() << "there is no script(1) here";
  const fs::path run_directory = root_ / "painted";
  ASSERT_EQ(run(1, run_directory, kSmall).code, 0);
  const std::string command = foldwave_program() + " status --run.dir " + run_directory.string();
  const auto on_a_terminal = [&](const std::string& before) {
    return finish({"/bin/bash", "-c", before + "script -qec '" + command + "' /dev/null < /dev/null"}).out;
  };
  EXPECT_NE(on_a_terminal("TERM=xterm NO_COLOR= ").find("\033[1m  *  "), std::string::npos);
  EXPECT_EQ(on_a_terminal("TERM=xterm NO_COLOR=1 ").find('\033'), std::string::npos);
  EXPECT_EQ(finish({"/bin/bash", "-c", command}).out.find('\033'), std::string::npos);
}

TEST_F(Logs, TheirLevelCanBeChosen) {
  const fs::path run_directory = root_ / "debugged";
  std::vector<std::string> words = run_arguments(run_directory, kSmall);
  words[0] = "prepare";
  words.insert(words.end(), {"--log-level", "debug"});
  ASSERT_EQ(finish(under_mpirun(1, words)).code, 0);
  EXPECT_NE(slurp(logs_of(run_directory).front()).find(" debug   prepare  prepare, chunk 0\n"), std::string::npos)
      << slurp(logs_of(run_directory).front());
  words.back() = "loud";
  const Ending refused = finish(under_mpirun(1, words));
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("log.level = 'loud' is not one of debug, info, warning, error"), std::string::npos)
      << refused.err;
}

TEST_F(Logs, OnlyATerminalIsPainted) {
  if (std::system("command -v script > /dev/null") != 0) GTEST_SKIP() << "there is no script(1) here";
  const auto on_a_terminal = [](const std::string& before) {
    const std::string command = before + foldwave_program() + " plan --run.dir " + (root_ / "nowhere").string();
    return finish({"/bin/bash", "-c", "script -qec '" + command + "' /dev/null < /dev/null; true"}).out;
  };
  EXPECT_NE(on_a_terminal("TERM=xterm NO_COLOR= ").find("\033[31mfoldwave:\033[0m data.train is not set"),
            std::string::npos);
  EXPECT_EQ(on_a_terminal("TERM=xterm NO_COLOR=1 ").find('\033'), std::string::npos);
  EXPECT_EQ(on_a_terminal("TERM=dumb NO_COLOR= ").find('\033'), std::string::npos);
  EXPECT_EQ(alone({"plan", "--run.dir", (root_ / "nowhere").string()}).err.find('\033'), std::string::npos);
}

}  // namespace
}  // namespace foldwave::pipeline
