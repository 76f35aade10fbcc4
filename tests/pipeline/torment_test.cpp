// SIGKILL for a random rank at a random moment of every stage, twenty times over one run.
#include <sys/stat.h>

#include <array>
#include <iostream>
#include <random>

#include "foldwave/core/crash.h"
#include "pipeline/watched.h"

namespace foldwave::pipeline {
namespace {

constexpr int kRanks = 3;  // one trial on a group of two, the other alone

struct Target {
  const char* stage;
  int kills;
};
constexpr std::array<Target, 6> targets{
    {{"set-up", 2}, {"prepare", 5}, {"train", 8}, {"predict", 2}, {"stack", 1}, {"report", 2}}};

class Torment : public Program {
 protected:
  static std::vector<std::string> command(const fs::path& run) {
    return under_mpirun(kRanks, run_arguments(run, {"--grid.backbones", "mfcc_mlp,cnn_small", "--model.cnn_channels",
                                                    "4,4,8,8", "--folds.only", "0", "--train.epochs", "20"}));
  }

  // How long the stages of an undisturbed run take here and now; set-up: until the journal is there.
  void measure(const fs::path& run, double began_s) {
    const Events events = journals_of(run).at(0);
    took_s_["set-up"] = events[0].at("time").get<double>() - began_s;
    std::map<std::string, double> start_s;
    for (const auto& event : events) {
      if (event.at("event") != "stage") continue;
      const std::string name = event.at("name");
      if (event.at("state") == "running")
        start_s[name] = event.at("time");
      else
        took_s_[name] = event.at("time").get<double>() - start_s[name];
    }
  }

  // Launches once more and kills one rank. What that rank is called where the next launch can know it was lost.
  void strike(const fs::path& run, const Target& target) {
    const size_t launches = journals_of(run).size();
    Launch launch(start(command(run), root_ / "out", root_ / "err"));
    const int rank = std::uniform_int_distribution<int>(0, kRanks - 1)(random_);
    const double share = std::uniform_real_distribution<double>(0, 1.5)(random_) / target.kills;
    const auto has_begun = [&] {
      if (launch.has_ended()) return true;
      if (target.stage == std::string("set-up")) return ranks_of(run).size() == kRanks;
      const auto journals = journals_of(run);
      return journals.size() > launches &&
             std::any_of(journals.back().begin(), journals.back().end(),
                         [&](const auto& event) { return event.value("name", "") == target.stage; });
    };
    ASSERT_TRUE(wait_until(has_begun)) << slurp(root_ / "err");
    sleep_s(share * took_s_[target.stage]);
    const auto ranks = ranks_of(run);
    if (launch.has_ended() || !ranks.contains(rank)) {
      ASSERT_TRUE(launch.ends_within(120)) << slurp(root_ / "err");
      ASSERT_EQ(launch.code(), 0) << slurp(root_ / "err");
      expect_named(run, launches);
      return;
    }
    const std::string lost = "rank " + std::to_string(rank) + " on ";
    const std::string process = " (process " + std::to_string(ranks.at(rank)) + ")";
    const bool known = is_on_the_roll(run, ranks.at(rank));
    kill(ranks.at(rank), SIGKILL);
    ASSERT_TRUE(launch.ends_within(10)) << "after " << lost << process << " was killed in " << target.stage;
    ASSERT_TRUE(wait_until([&] { return ranks_of(run).empty(); }, 10));
    ++kills_;
    expect_named(run, launches);
    const auto journals = journals_of(run);
    const bool ended = journals.size() > launches && journals.back().back().at("event") == "end" &&
                       journals.back().back().at("ending") == "done";  // it was killed behind its last word
    if (journals.size() > launches)
      lost_ = known && !ended ? std::pair(lost, process) : std::pair<std::string, std::string>();
    std::cout << "kill " << kills_ << ": rank " << rank << " in " << where_it_was(run, launches) << std::endl;
  }

  // A launch that came far enough has named the rank that the one before had lost.
  void expect_named(const fs::path& run, size_t launches) {
    if (journals_of(run).size() == launches) return;
    const std::string said = slurp(root_ / "err");
    EXPECT_NE(said.find(lost_.first), std::string::npos) << said;
    EXPECT_NE(said.find(lost_.second), std::string::npos) << "expected " << lost_.first << lost_.second << "\n" << said;
    lost_ = {};
  }

  static bool is_on_the_roll(const fs::path& run, pid_t process) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(run / "journal", error))
      if (entry.path().extension() == ".ranks" &&
          slurp(entry.path()).find(" " + std::to_string(process) + " ") != std::string::npos)
        return true;
    return false;
  }

  static std::string where_it_was(const fs::path& run, size_t launches) {
    const auto journals = journals_of(run);
    std::string stage = "set-up";
    if (journals.size() > launches)
      for (const auto& event : journals.back())
        if (event.at("event") == "stage" || event.at("event") == "end")
          stage = event.value("name", "the end") + " " + event.value("state", "");
    return stage;
  }

  // Files that are never written again once they are there: shards, and what a trial leaves when it is done.
  static std::map<fs::path, std::pair<ino_t, int64_t>> finished_files(const fs::path& run) {
    std::map<fs::path, std::pair<ino_t, int64_t>> found;
    for (const char* part : {"features", "trials"}) {
      std::error_code error;
      for (const auto& entry : fs::recursive_directory_iterator(run / part, error)) {
        const fs::path& path = entry.path();
        const std::string name = path.filename();
        const bool of_trial = name == "final.safetensors" || name == "test.h5" ||
                              (name == "oof.h5" && fs::exists(path.parent_path() / "final.safetensors"));
        const bool of_store = part == std::string("features") && name.ends_with(".h5");
        struct stat state {};
        if ((of_trial || of_store) && stat(path.c_str(), &state) == 0)
          found[path] = {state.st_ino, state.st_mtim.tv_sec * 1000000000L + state.st_mtim.tv_nsec};
      }
    }
    return found;
  }

  static void expect_nothing_twice(const fs::path& run) {
    std::map<std::string, int> finished, predicted;
    for (const Events& events : journals_of(run))
      for (const auto& event : events) {
        const std::string what = event.at("event"), trial = event.value("trial", "");
        if (trial.empty()) continue;
        finished[trial] += what == "finished";
        predicted[trial] += what == "predicted";
        EXPECT_LE(finished[trial] + (what == "started"), 1) << trial << " was begun again";
        EXPECT_LE(predicted[trial], 1) << trial;
      }
  }

  static void expect_nobody_blamed(const fs::path& run) {
    const std::string quarantine = slurp(run / "quarantine.csv");
    EXPECT_LE(std::count(quarantine.begin(), quarantine.end(), '\n'), 1) << quarantine;
    EXPECT_TRUE(read_crash_notes(run / "features").empty());
  }

  std::mt19937 random_;
  std::map<std::string, double> took_s_;
  std::pair<std::string, std::string> lost_;  // of the last launch: what the next one has to say
  int kills_ = 0;
};

TEST_F(Torment, TwentyKillsLoseNothingAndLeaveTheSameBytes) {
  random_.seed(drawn_seed());
  const fs::path whole = root_ / "whole", struck = root_ / "struck";
  const double began_s = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const Ending undisturbed = finish(command(whole));
  ASSERT_EQ(undisturbed.code, 0) << undisturbed.err;
  measure(whole, began_s);
  std::map<fs::path, std::pair<ino_t, int64_t>> before;
  for (const Target& target : targets)
    for (const int aim = kills_ + target.kills; kills_ < aim;) {
      strike(struck, target);
      if (HasFatalFailure()) return;
      const auto now = finished_files(struck);
      for (const auto& [path, mark] : before) {
        ASSERT_TRUE(now.contains(path)) << path << " has gone";
        EXPECT_EQ(now.at(path), mark) << path << " was written again";
      }
      before = now;
      expect_nobody_blamed(struck);
    }
  const size_t launches = journals_of(struck).size();
  const Ending last = finish(command(struck));
  ASSERT_EQ(last.code, 0) << last.err;
  std::ofstream(root_ / "err") << last.err;
  expect_named(struck, launches);
  expect_nothing_twice(struck);
  expect_nobody_blamed(struck);
  expect_same_files(
      whole, struck,
      {".h5", ".safetensors", "submission.csv", "folds.csv", "plan.json", "scores.json", "meta_model.json"});
  expect_same_names(whole, struck);
}

}  // namespace
}  // namespace foldwave::pipeline
