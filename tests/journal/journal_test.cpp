#include "foldwave/journal/journal.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"
#include "foldwave/core/stop.h"
#include "foldwave/core/tenure.h"
#include "foldwave/journal/roll_call.h"

namespace foldwave::journal {
namespace {

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("foldwave-journal-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  static LaunchRecord launch(const std::string& id) {
    LaunchRecord record;
    record.id = id;
    record.host = host_name();
    record.command = "foldwave run";
    record.ranks = 2;
    return record;
  }

  std::filesystem::path directory_;
};

TEST_F(JournalTest, AnEmptyDirectoryIsAnEmptyRecord) {
  const RunRecord record = replay(directory_);
  EXPECT_TRUE(record.launches.empty());
  EXPECT_TRUE(record.trials.empty());
}

TEST_F(JournalTest, TellsLaunchesInTheirOrderWhateverTheClocksOfTheirNodesSay) {
  const auto write = [&](const std::string& id, const std::string& number, int time, const std::string& trial_event) {
    std::filesystem::create_directories(directory_ / "journal");
    std::ofstream(directory_ / "journal" / (id + ".jsonl"))
        << R"({"event":"launch","time":)" << time << number << R"(,"id":")" << id << "\"}\n"
        << R"({"event":")" << trial_event << R"(","time":)" << time + 1 << R"(,"trial":"a+none/seed-1/fold-0"})"
        << "\n";
  };
  const auto order = [&] {
    std::string ids;
    for (const LaunchRecord& launch : replay(directory_).launches) ids += launch.id;
    return ids;
  };
  write("d", R"(,"number":1)", 5000, "started");
  write("c", R"(,"number":2)", 1000, "failed");  // on a node that is an hour behind
  EXPECT_EQ(order(), "dc");
  EXPECT_EQ(replay(directory_).trials.at("a+none/seed-1/fold-0").state, TrialState::failed);
  write("b", "", 300, "started");  // of a version that did not number them
  write("a", "", 500, "started");
  EXPECT_EQ(order(), "badc");
  Journal(directory_, launch("e"), "").end("done");
  EXPECT_EQ(order(), "badce");
  std::ofstream(directory_ / "journal" / "f.jsonl") << "torn";
  Journal(directory_, launch("g"), "").end("done");
  EXPECT_EQ(order(), "badceg");
}

TEST_F(JournalTest, AddsUpWhatTrialsUsedAndWhatGroupsDidInEachLaunchThatTrained) {
  {
    Journal journal(directory_, launch("1"), "");
    journal.stage("train", "running");
    journal.trial_used("t", 0, {2, 10, 1, 2, 500});
  }
  {
    Journal journal(directory_, launch("2"), "");
    journal.stage("train", "running");
    journal.trial_used("t", 1, {4, 6, 0.5, 1, 400});
    journal.trial_used("u", 1, {4, 3, 0.25, 0, 450});
    journal.stage("train", "done");
  }
  { Journal(directory_, launch("3"), "").stage("train", "done"); }  // which found nothing left to train
  const RunRecord record = replay(directory_);
  const UseRecord& of_t = record.trials.at("t").use;
  EXPECT_EQ(of_t.seconds, 16);
  EXPECT_EQ(of_t.data_s, 1.5);
  EXPECT_EQ(of_t.others_s, 3);
  EXPECT_EQ(of_t.peak_mib, 500);
  EXPECT_EQ(of_t.node_s, 10 * 2 / 2.0 + 6 * 4 / 2.0) << "launches of two ranks on one node";
  ASSERT_EQ(record.uses.size(), 2U);
  EXPECT_EQ(record.uses[0].launch, "1");
  EXPECT_EQ(record.uses[0].ranks, 2);
  EXPECT_GT(record.uses[0].seconds, 0) << "till its last word, for it died";
  EXPECT_EQ(record.uses[1].launch, "2");
  EXPECT_GT(record.uses[1].seconds, 0);
  ASSERT_EQ(record.uses[1].groups.size(), 1U);
  EXPECT_EQ(record.uses[1].groups.at(1).seconds, 9);
  EXPECT_EQ(record.uses[1].groups.at(1).peak_mib, 450);
  EXPECT_EQ(record.uses[1].groups.at(1).ranks, 4);
}

TEST_F(JournalTest, TellsWhatHappened) {
  Journal journal(directory_, launch("1"), "abc");
  journal.stage("prepare", "running");
  journal.stage("prepare", "done", "3 shards");
  journal.trial_planned("m/seed-1/fold-0", "id0", 10);
  journal.trial_planned("m/seed-1/fold-1", "id1", 10);
  journal.trial_started("m/seed-1/fold-0", 0, "node1");
  journal.trial_epoch("m/seed-1/fold-0", 4, 0.5);
  journal.trial_finished("m/seed-1/fold-0", 0.625, 12);
  journal.trial_failed("m/seed-1/fold-1", "the loss is not finite");
  journal.layout({4, {{0, 1, 2}, {3}}, {{"m/seed-1/fold-0", 3}, {"m/seed-1/fold-1", 1}}});
  journal.end("failed", "one trial failed");
  const RunRecord record = replay(directory_);
  EXPECT_EQ(record.catalog_hash, "abc");
  EXPECT_EQ(record.trials.at("m/seed-1/fold-1").failures, 1);
  EXPECT_EQ(record.layout.world_size, 4);
  EXPECT_EQ(record.layout.groups, (std::vector<std::vector<int>>{{0, 1, 2}, {3}}));
  EXPECT_EQ(record.layout.ranks_of.at("m/seed-1/fold-0"), 3);
  ASSERT_EQ(record.launches.size(), 1U);
  EXPECT_EQ(record.launches[0].ending, "failed");
  ASSERT_EQ(record.stages.size(), 1U);
  EXPECT_EQ(record.stages[0].detail, "3 shards");
  const TrialRecord& first = record.trials.at("m/seed-1/fold-0");
  EXPECT_EQ(first.state, TrialState::finished);
  EXPECT_EQ(first.epoch, 4);
  EXPECT_EQ(first.valid_macro_f1, 0.625);
  EXPECT_EQ(record.trials.at("m/seed-1/fold-1").message, "the loss is not finite");
}

TEST_F(JournalTest, KeepsEveryStretchOfATrialOverItsLaunches) {
  {
    Journal journal(directory_, launch("1"), "");
    journal.trial_started("t", 1, "node1");
    journal.trial_epoch("t", 1, 0.5);  // its last word
  }
  {
    Journal journal(directory_, launch("2"), "");
    journal.trial_started("u", 0, "node2");
    journal.trial_failed("u", "why");
    journal.trial_started("t", 2, "node3");
    journal.trial_paused("t");
    journal.trial_started("t", 0, "node2");
    journal.trial_finished("t", 0.5, 9);
    journal.trial_started("v", 0, "node2");
    journal.end("stopped");
  }
  const RunRecord record = replay(directory_);
  ASSERT_EQ(record.spans.size(), 5u);
  const std::vector<std::string> trials{"t", "u", "t", "t", "v"}, hosts{"node1", "node2", "node3", "node2", "node2"},
      endings{"lost", "failed", "paused", "finished", "stopped"};
  const std::vector<int> groups{1, 0, 2, 0, 0};
  for (size_t i = 0; i < record.spans.size(); ++i) {
    const SpanRecord& span = record.spans[i];
    EXPECT_EQ(span.trial, trials[i]) << i;
    EXPECT_EQ(span.host, hosts[i]) << i;
    EXPECT_EQ(span.group, groups[i]) << i;
    EXPECT_EQ(span.ending, endings[i]) << i;
    EXPECT_EQ(span.launch, i == 0 ? "1" : "2") << i;
    EXPECT_GT(span.started_s, 0) << i;
    EXPECT_GE(span.ended_s, span.started_s) << i;
  }
}

TEST_F(JournalTest, KeepsThatAFitOnAllRowsHasNoF1) {
  Journal journal(directory_, launch("1"), "abc");
  for (const char* trial : {"m/seed-1/fold-all", "n/seed-1/fold-all"}) {
    journal.trial_planned(trial, "id", 10);
    journal.trial_epoch(trial, 4, std::nan(""));
  }
  journal.trial_finished("n/seed-1/fold-all", std::nan(""), 12);
  const RunRecord record = replay(directory_);
  EXPECT_EQ(record.trials.at("m/seed-1/fold-all").epoch, 4);
  EXPECT_TRUE(std::isnan(record.trials.at("m/seed-1/fold-all").valid_macro_f1));
  EXPECT_EQ(record.trials.at("n/seed-1/fold-all").state, TrialState::finished);
  EXPECT_TRUE(std::isnan(record.trials.at("n/seed-1/fold-all").valid_macro_f1));
}

TEST_F(JournalTest, IgnoresATornLastLineButNoOtherDamage) {
  { Journal journal(directory_, launch("1"), "abc"); }
  const auto file = directory_ / "journal" / "1.jsonl";
  const std::string whole = read_file(file);
  std::ofstream(file) << whole << "{\"event\":\"note\",\"te";
  EXPECT_EQ(replay(directory_).launches.size(), 1U);
  std::ofstream(file) << "gibberish\n" << whole;
  EXPECT_THROW(replay(directory_), SystemError);
}

TEST_F(JournalTest, WhoOnlyLooksSeesWhatIsNotDamaged) {
  for (const char* id : {"1", "2"}) {
    Journal journal(directory_, launch(id), "abc");
    journal.trial_planned(std::string("m/seed-1/fold-") + id, "x", 4);
    journal.end("done");
  }
  const auto folder = directory_ / "journal";
  const std::string first = read_file(folder / "1.jsonl"), second = read_file(folder / "2.jsonl");
  std::ofstream(folder / "1.jsonl") << first << "gibberish\n{\"event\":\"note\",\"text\":7}\n";
  std::ofstream(folder / "2.jsonl") << "[]" << second.substr(second.find('\n'));  // whose launch is not told
  std::vector<std::string> damage;
  const RunRecord record = replay(directory_, damage);
  EXPECT_EQ(record.trials.size(), 2U);
  ASSERT_EQ(record.launches.size(), 2U);
  EXPECT_EQ(record.launches.back().id, "2");
  EXPECT_EQ(record.launches.back().ending, "done");
  ASSERT_EQ(damage.size(), 3U);
  std::sort(damage.begin(), damage.end());
  const std::string place = "journal '" + (folder / "1.jsonl").string() + "'";
  EXPECT_EQ(damage[0], place + " line 4 is damaged, so what it told is missing here");
  EXPECT_EQ(damage[1].find(place + ", event '{\"event\":\"note\",\"text\":7}', is damaged"), 0U) << damage[1];
  EXPECT_THROW(replay(directory_), SystemError);
}

TEST_F(JournalTest, ATrialRunsAsLongAsItsLaunchHoldsTheLease) {
  {
    const Lease lease(directory_, launch("1"));
    Journal journal(directory_, launch("1"), "abc");
    journal.trial_planned("t", "id", 10);
    journal.stage("train", "running");
    journal.trial_started("t", 0, "node1");
    EXPECT_EQ(replay(directory_).trials.at("t").state, TrialState::running);
    EXPECT_EQ(replay(directory_).stages.back().state, "running");
    EXPECT_EQ(replay(directory_).launches.back().ending, "");
  }
  EXPECT_EQ(replay(directory_).trials.at("t").state, TrialState::pending);
  EXPECT_EQ(replay(directory_).launches.back().ending, "lost");
  EXPECT_EQ(replay(directory_).stages.back().state, "lost");
}

TEST_F(JournalTest, ALaunchElsewhereIsAsSilentAsItsLeaseIsOld) {
  { Journal journal(directory_, launch("1"), "abc"); }
  const auto lease_of = [&](const std::string& host, double age_s) {
    publish(directory_ / "lease", R"({"host": ")" + host + R"(", "pid": )" + std::to_string(getpid()) +
                                      R"(, "process_start": "1", "renewed": )" + std::to_string(unix_now_s() - age_s) +
                                      "}");
  };
  lease_of("elsewhere", 30);
  EXPECT_EQ(replay(directory_).launches.back().ending, "");
  EXPECT_NEAR(replay(directory_).launches.back().silent_s, 30, 10);
  lease_of("elsewhere", 300);
  EXPECT_EQ(replay(directory_).launches.back().ending, "lost");
  lease_of(host_name(), 30);
  EXPECT_EQ(replay(directory_).launches.back().silent_s, 0);
}

TEST_F(JournalTest, ARungDropsThePointsTrialsThatAreNotFinished) {
  Journal journal(directory_, launch("1"), "abc");
  for (const char* id :
       {"a+none/seed-1/fold-0", "b+none/seed-1/fold-0", "b+none/seed-1/fold-1", "b+none+lr=1/seed-1/fold-0"})
    journal.trial_planned(id, "identity", 10);
  journal.trial_started("a+none/seed-1/fold-0", 0, "node1");
  journal.trial_epoch("a+none/seed-1/fold-0", 2, 0.5);
  journal.trial_paused("a+none/seed-1/fold-0");
  journal.trial_finished("b+none/seed-1/fold-1", 0.1, 1);
  journal.rung(2, {{"a+none", 0.5}, {"b+none", std::nan("")}}, {"b+none"});
  const RunRecord record = replay(directory_);
  EXPECT_EQ(record.trials.at("a+none/seed-1/fold-0").state, TrialState::pending);
  EXPECT_EQ(record.trials.at("a+none/seed-1/fold-0").epoch, 2);
  EXPECT_EQ(record.trials.at("b+none/seed-1/fold-0").state, TrialState::dropped);
  EXPECT_EQ(record.trials.at("b+none/seed-1/fold-1").state, TrialState::finished);
  EXPECT_EQ(record.trials.at("b+none+lr=1/seed-1/fold-0").state, TrialState::pending);
  EXPECT_EQ(record.rungs.at(2).at("a+none"), 0.5);
  EXPECT_TRUE(std::isnan(record.rungs.at(2).at("b+none")));
  EXPECT_EQ(record.dropped, std::set<std::string>{"b+none"});
}

// A launch of three processes: one is killed, one is told to end, one leaves by itself.
TEST_F(JournalTest, TheRollTellsWhichRankWasLost) {
  const LaunchRecord lost = launch("lost");
  std::filesystem::create_directories(directory_ / "journal");
  EXPECT_EQ(lost_ranks(directory_, lost), "");
  std::vector<pid_t> ranks;
  for (int rank = 0; rank < 3; ++rank) {
    ranks.push_back(fork());
    if (ranks.back() != 0) continue;
    StopFlag::raise_on_signals();
    auto entry = std::make_unique<RollCall>(directory_, lost.id, rank);
    publish(directory_ / std::to_string(rank), "");
    if (rank == 2) {
      entry.reset();
      _exit(0);
    }
    for (;;) pause();
  }
  const auto there = [&](int rank) { return std::filesystem::exists(directory_ / std::to_string(rank)); };
  while (!there(0) || !there(1) || !there(2)) usleep(1000);
  const auto signal_and_wait = [&](int rank, int signal) {
    kill(ranks[static_cast<size_t>(rank)], signal);
    usleep(50000);
  };
  signal_and_wait(1, SIGKILL);
  signal_and_wait(0, SIGTERM);
  EXPECT_EQ(lost_ranks(directory_, lost), "rank 1 on " + host_name() + " (process " + std::to_string(ranks[1]) + ")");
  signal_and_wait(0, SIGKILL);
  for (const pid_t process : ranks) waitpid(process, nullptr, 0);
}

TEST_F(JournalTest, ATrialWithAnotherIdentityBeginsAnew) {
  Journal journal(directory_, launch("1"), "abc");
  journal.trial_planned("t", "id", 10);
  journal.trial_finished("t", 0.5, 3);
  journal.trial_planned("t", "other", 10);
  EXPECT_EQ(replay(directory_).trials.at("t").state, TrialState::pending);
}

TEST_F(JournalTest, ALeaseKeepsOthersOutUntilItIsGone) {
  {
    const Lease lease(directory_, launch("1"));
    try {
      const Lease second(directory_, launch("2"));
      FAIL();
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("in use by process " + std::to_string(getpid())), std::string::npos);
    }
  }
  const Lease third(directory_, launch("3"));
  EXPECT_EQ(third.took_over(), "");
}

TEST_F(JournalTest, TheLeaseOfAKilledProcessIsTakenOver) {
  const pid_t child = fork();
  if (child == 0) {
    const Lease lease(directory_, launch("1"));
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(std::filesystem::exists(directory_ / "lease"));
  const Lease lease(directory_, launch("2"));
  EXPECT_NE(lease.took_over(), "");
}

TEST_F(JournalTest, TheLeaseOfAnotherContainerOnThisHostIsItsOwnAsLongAsItIsRenewed) {
  const auto leave = [&](const std::string& launch_id) {
    publish(directory_ / "lease", R"({"host": ")" + host_name() +
                                      R"(", "numbering": "pid:[1]", "pid": 1, "process_start": "0", "launch": ")" +
                                      launch_id + R"(", "since": "yesterday", "renewed": )" +
                                      std::to_string(unix_now_s()) + "}");
  };
  leave("first");
  std::thread container([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    leave("first");  // renewed
  });
  EXPECT_THROW(Lease(directory_, launch("2")), InputError);
  container.join();
  const Lease lease(directory_, launch("2"));  // nobody renews it any more
  EXPECT_NE(lease.took_over(), "");
}

// What launches of other hosts leave, and a squeue that answers as it is told.
class LeaseOfAnotherHost : public JournalTest {
 protected:
  void SetUp() override {
    JournalTest::SetUp();
    path_ = std::getenv("PATH");
    std::filesystem::create_directories(directory_ / "bin");
    setenv("PATH", ((directory_ / "bin").string() + ":" + path_).c_str(), 1);
  }
  void TearDown() override {
    setenv("PATH", path_.c_str(), 1);
    JournalTest::TearDown();
  }
  void squeue_does(const std::string& what) const {
    const auto script = directory_ / "bin" / "squeue";
    publish(script, "#!/bin/sh\necho \"$@\" > '" + (directory_ / "asked").string() + "'\n" + what + "\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  }
  void leave_lease(const std::string& job, double renewed_ago_s) const {
    publish(directory_ / "lease", R"({"host": "elsewhere", "pid": 4711, "process_start": "1", "job": ")" + job +
                                      R"(", "launch": "other", "since": "yesterday", "renewed": )" +
                                      std::to_string(unix_now_s() - renewed_ago_s) + "}");
  }
  // What refuses this launch; empty where it takes the lease over.
  std::string refusal() const {
    try {
      const Lease lease(directory_, launch("mine"));
      EXPECT_NE(lease.took_over().find("on elsewhere ended without a word"), std::string::npos) << lease.took_over();
      return "";
    } catch (const InputError& error) {
      return error.what();
    }
  }

  static constexpr double kFresh_s = 0, kStale_s = 3600;
  std::string path_;
};

TEST_F(LeaseOfAnotherHost, IsHeldAsLongAsItsJobIsAtWork) {
  for (const char* state : {"RUNNING", "COMPLETING", "SUSPENDED"}) {
    squeue_does(std::string("echo ") + state);
    leave_lease("77", kStale_s);
    EXPECT_NE(refusal().find("in use by process 4711 on elsewhere (job 77) since yesterday"), std::string::npos)
        << state;
    EXPECT_NE(read_file(directory_ / "asked").find("--jobs=77"), std::string::npos);
  }
  for (const char* answer : {"echo COMPLETED", "echo PENDING", "true",
                             "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1"}) {
    squeue_does(answer);
    leave_lease("77", kFresh_s);
    EXPECT_EQ(refusal(), "") << answer;
  }
}

// What is no lease of a launch is nobody's, whatever it holds; one from the future is as dead as one from the past.
TEST_F(LeaseOfAnotherHost, IsNobodysWhereItIsNoLease) {
  for (const char* text : {"", "{", "[1]", R"({"host": 5, "pid": 1})", R"({"host": "elsewhere", "pid": "x"})",
                           R"({"host": "elsewhere", "renewed": "soon"})", R"({"host": "elsewhere", "job": {}})"}) {
    publish(directory_ / "lease", text);
    EXPECT_TRUE(holders(directory_).empty()) << text;
    EXPECT_NO_THROW(Lease(directory_, launch("mine"))) << text;
  }
  squeue_does("exit 1");
  leave_lease("", -3600);
  EXPECT_EQ(refusal(), "");
}

TEST_F(LeaseOfAnotherHost, IsJudgedByItsAgeWhereSlurmDoesNotAnswer) {
  for (const char* answer : {"echo 'Unable to contact slurm controller' >&2; exit 1", "sleep 100"}) {
    squeue_does(answer);
    const double began_s = unix_now_s();
    leave_lease("77", kFresh_s);
    EXPECT_NE(refusal(), "") << answer;
    leave_lease("77", kStale_s);
    EXPECT_EQ(refusal(), "") << answer;
    EXPECT_LT(unix_now_s() - began_s, 60) << answer;
  }
  squeue_does("echo RUNNING");  // a lease of no job is none of SLURM's business
  leave_lease("", kStale_s);
  EXPECT_EQ(refusal(), "");
}

TEST_F(LeaseOfAnotherHost, IsHeldByWhoRenewsItWhateverHisClockSays) {
  leave_lease("", kStale_s);
  std::thread holder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    leave_lease("", kStale_s - 2);
  });
  EXPECT_NE(refusal(), "");
  holder.join();
}

TEST_F(JournalTest, WhoeverLostHisLeaseWritesNothingMore) {
  for (const bool gone : {false, true}) {
    const std::string id = gone ? "1" : "2";
    const Lease lease(directory_, launch(id));
    const Tenure tenure(directory_ / "lease", id);
    Journal journal(directory_, launch(id), "abc");
    journal.note("mine");
    publish(directory_ / "result", "old");
    const std::string before = read_file(directory_ / "journal" / (id + ".jsonl"));
    if (gone)
      std::filesystem::remove(directory_ / "lease");
    else
      std::ofstream(directory_ / "lease") << R"({"host": "elsewhere", "launch": "other"})";
    EXPECT_THROW(journal.note("not mine any more"), SystemError);
    EXPECT_THROW(publish(directory_ / "result", "new"), SystemError);
    EXPECT_THROW(publish_new(directory_ / "another", "new"), SystemError);
    EXPECT_EQ(read_file(directory_ / "journal" / (id + ".jsonl")), before);
    EXPECT_EQ(read_file(directory_ / "result"), "old");
    EXPECT_FALSE(std::filesystem::exists(directory_ / "another"));
    std::filesystem::remove(directory_ / "lease");
  }
  publish(directory_ / "result", "new");  // nobody's tenure
}

}  // namespace
}  // namespace foldwave::journal
