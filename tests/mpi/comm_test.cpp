// Run under mpirun with 1 to 4 ranks: every rank runs every test.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>
#include <thread>

#include "foldwave/comm/fail_together.h"
#include "foldwave/comm/group.h"
#include "foldwave/comm/probe.h"
#include "foldwave/comm/share_work.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "mpi/world_main.h"

namespace foldwave::comm {
namespace {

TEST(Group, BroadcastsTextOfAnyLength) {
  for (const size_t length : {size_t{0}, size_t{1}, size_t{1} << 20}) {
    std::string text(world->rank() == 0 ? length : 5, static_cast<char>('a' + world->rank()));
    world->all().broadcast(text);
    EXPECT_EQ(text, std::string(length, 'a'));
  }
}

TEST(Group, GathersInRankOrder) {
  const auto parts = world->all().gather(std::string(static_cast<size_t>(world->rank()), 'x'));
  ASSERT_EQ(parts.size(), world->rank() == 0 ? static_cast<size_t>(world->size()) : 0);
  for (size_t i = 0; i < parts.size(); ++i) EXPECT_EQ(parts[i].size(), i);
}

TEST(Group, ASubgroupHasItsMembersInWorldOrder) {
  std::vector<int> members(static_cast<size_t>(world->size()));
  std::iota(members.begin(), members.end(), 0);
  if (members.size() > 1) members.erase(members.begin());
  if (world->rank() < members.front()) return;
  const Group group = world->group(members, 9);
  EXPECT_EQ(group.size(), static_cast<int>(members.size()));
}

TEST(Probe, FindsTheClocksOfOneMachineTogetherAndSumsThatTakeTime) {
  const double ahead = clock_ahead_s(world->all());
  EXPECT_LT(std::abs(ahead), 5) << "all ranks read one clock, however busy the machine is";
  if (world->rank() == 0) {
    EXPECT_NEAR(ahead, 0, 1e-4);
  }
  const double speed = sum_gb_per_s(world->all());
  EXPECT_EQ(speed > 0, world->size() > 1) << speed;
}

TEST(OnRank0, GivesItsResultToAll) {
  EXPECT_EQ(on_rank_0(world->all(), [] { return std::string("word"); }), "word");
}

TEST(OnRank0, ThrowsTheSameKindEverywhere) {
  EXPECT_THROW(on_rank_0(world->all(), []() -> std::string { throw InputError("bad table"); }), InputError);
  EXPECT_THROW(on_rank_0(world->all(), []() -> std::string { throw Stopped("enough"); }), Stopped);
  EXPECT_THROW(on_rank_0(world->all(), []() -> std::string { throw std::runtime_error("bug"); }), std::exception);
}

TEST(FailTogether, ThrowsWhatTheFirstRankThatFailedBroughtOnAll) {
  fail_together(world->all(), nullptr);
  std::exception_ptr mine;
  if (world->rank() >= world->size() / 2)
    mine = std::make_exception_ptr(InputError("rank " + std::to_string(world->rank())));
  try {
    fail_together(world->all(), mine);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), "rank " + std::to_string(world->size() / 2));
  }
}

TEST(ShareWork, DoesEveryItemOnce) {
  std::multiset<int> heard;
  std::set<int> workers;
  const int done = share_work(
      world->all(), 500, [](int item) { return std::to_string(item * 2); },
      [&](int item, int rank, const std::string& outcome) {
        EXPECT_EQ(outcome, std::to_string(item * 2));
        heard.insert(item);
        workers.insert(rank);
      });
  EXPECT_EQ(done, 500);
  if (world->rank() != 0) return;
  EXPECT_EQ(heard.size(), 500U);
  EXPECT_EQ(std::set<int>(heard.begin(), heard.end()).size(), 500U);
}

TEST(ShareWork, HearsTheNewsOfAnItemBeforeItsOutcome) {
  std::vector<std::string> heard(8);
  SharedWork shared;
  shared.work = [](int item, const SharedWork::Say& say) {
    say("a" + std::to_string(item));
    say("b");
    return std::string("c");
  };
  shared.on_start = [&](int item, int) { heard[static_cast<size_t>(item)] += "s"; };
  shared.on_news = [&](int item, int, const std::string& news) {
    heard[static_cast<size_t>(item)] += news.substr(0, 1);
  };
  shared.on_outcome = [&](int item, int, const std::string& outcome) { heard[static_cast<size_t>(item)] += outcome; };
  share_work(world->all(), 8, shared);
  if (world->rank() == 0) {
    for (const std::string& story : heard) EXPECT_EQ(story, "sabc");
  }
}

TEST(ShareWork, AnErrorOnOneRankEndsItOnAllInKind) {
  const auto work = [](int item) -> std::string {
    if (item == 3) throw InputError("item 3 is bad");
    return "";
  };
  try {
    share_work(world->all(), 1000, work, [](int, int, const std::string&) {});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("item 3 is bad"), std::string::npos);
  }
  // The protocol is clean again.
  EXPECT_EQ(share_work(
                world->all(), 10, [](int) { return std::string(); }, [](int, int, const std::string&) {}),
            10);
}

TEST(ShareWork, AnErrorOfTheListenerEndsItOnAll) {
  EXPECT_THROW(share_work(
                   world->all(), 100, [](int) { return std::string(); },
                   [](int, int, const std::string&) { throw SystemError("the disk is full"); }),
               SystemError);
}

TEST(AgreeOnExit, TakesTheGravestVerdict) {
  const int last = world->size() - 1;
  const auto verdict =
      world->agree_on_exit({world->rank() == last ? 2 : 75, world->rank() == last ? "bad" : "stopped", 0}, 30);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->code, 2);
  EXPECT_EQ(verdict->message, "bad");
  EXPECT_EQ(verdict->rank, last);
}

// It was stopped before it came to say one.
TEST(Watch, NamesARankThatHasNeverSaidAWord) {
  static std::atomic<int> silent{-1};
  if (world->size() == 1) return;
  const int last = world->size() - 1;
  if (world->rank() != last) world->watch(0.2, "this host", [](int rank, const std::string&) { silent = rank; });
  if (world->rank() == 0) {
    for (int looks = 0; silent < 0 && looks < 2000; ++looks) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(silent, last);
  }
  world->all().gather("");
}

}  // namespace
}  // namespace foldwave::comm

int main(int argc, char** argv) { return foldwave::comm::run_all_tests(argc, argv); }
