#include "comm/async_calls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <thread>

#include "foldwave/comm/communicator.h"
#include "foldwave/core/clock.h"

namespace foldwave::comm {
namespace {

// Answers what it was told, one answer after the other, and the last one for ever.
class MadeUpLink final : public AsyncLink {
 public:
  explicit MadeUpLink(std::deque<CallState> answers) : answers_(std::move(answers)) {}
  CallState state() override {
    ++asked;
    const CallState answer = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return answer;
  }
  std::string reason() override { return "remote process exited or there was a network error"; }
  void abort() override {
    ++aborted;
    while (abort_hangs) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  std::atomic<int> asked = 0, aborted = 0;
  std::atomic<bool> abort_hangs = false;

 private:
  std::deque<CallState> answers_;
};

std::string failure_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const GroupLost& error) {
    return error.what();
  }
  return "";
}

constexpr double kLong_s = 1000;
using enum CallState;

TEST(AsyncCalls, TakesACallThatIsThroughAtOnce) {
  const auto link = std::make_shared<MadeUpLink>(std::deque{in_progress});
  AsyncCalls(link).finish(done, "ncclAllReduce", 0);
  EXPECT_EQ(link->aborted, 0);
}

TEST(AsyncCalls, PollsACallOutOfInProgress) {
  const auto link = std::make_shared<MadeUpLink>(std::deque{in_progress, in_progress, in_progress, done});
  AsyncCalls(link).finish(in_progress, "ncclAllReduce", kLong_s);
  EXPECT_GE(link->asked, 4);
  EXPECT_EQ(link->aborted, 0);
}

TEST(AsyncCalls, AbortsWhereACallFailsAtOnce) {
  const auto link = std::make_shared<MadeUpLink>(std::deque{done});
  AsyncCalls calls(link);
  EXPECT_EQ(failure_of([&] { calls.finish(failed, "ncclAllReduce", kLong_s); }),
            "ncclAllReduce: remote process exited or there was a network error");
  EXPECT_EQ(link->aborted, 1);
}

TEST(AsyncCalls, AbortsAtAnErrorThatComesWhileItPolls) {
  const auto link = std::make_shared<MadeUpLink>(std::deque{in_progress, in_progress, failed});
  AsyncCalls calls(link);
  EXPECT_EQ(failure_of([&] { calls.finish(in_progress, "ncclCommInitRankConfig", kLong_s); }),
            "ncclCommInitRankConfig: remote process exited or there was a network error");
  EXPECT_EQ(link->aborted, 1);
}

TEST(AsyncCalls, AbortsAtAnErrorThatComesWhileItWaitsForADevice) {
  const auto link = std::make_shared<MadeUpLink>(std::deque{done, done, failed});
  AsyncCalls calls(link);
  EXPECT_EQ(failure_of([&] { calls.wait_until([] { return false; }, "a sum over NCCL", kLong_s); }),
            "a sum over NCCL: remote process exited or there was a network error");
  EXPECT_EQ(link->aborted, 1);
}

TEST(AsyncCalls, GivesUpAtEachWaitsOwnDeadline) {
  for (const double patience_s : {0.05, 0.3}) {
    const auto link = std::make_shared<MadeUpLink>(std::deque{in_progress});
    AsyncCalls calls(link);
    const double began = monotonic_s();
    const std::string failure = failure_of([&] { calls.finish(in_progress, "ncclCommInitRankConfig", patience_s); });
    EXPECT_GE(monotonic_s() - began, patience_s);
    EXPECT_NE(failure.find("ncclCommInitRankConfig did not end within 0."), std::string::npos) << failure;
    EXPECT_NE(failure.find("a rank of the group is lost"), std::string::npos) << failure;
    EXPECT_EQ(link->aborted, 1);
  }
}

TEST(AsyncCalls, AsksNothingMoreOfALinkThatItHasAborted) {
  const auto link = std::make_shared<MadeUpLink>(std::deque{in_progress});
  AsyncCalls calls(link);
  const std::string first = failure_of([&] { calls.wait_until([] { return false; }, "a sum over NCCL", 0); });
  const int asked = link->asked;
  EXPECT_EQ(failure_of([&] { calls.finish(in_progress, "ncclBroadcast", kLong_s); }), first);
  EXPECT_EQ(failure_of([&] { calls.refuse_after_failure(); }), first);
  calls.abort();
  EXPECT_EQ(link->asked, asked);
  EXPECT_EQ(link->aborted, 1);
}

TEST(AsyncCalls, LeavesALinkBehindWhoseAbortDoesNotEnd) {
  const auto link = std::make_shared<MadeUpLink>(std::deque{failed});
  link->abort_hangs = true;
  AsyncCalls calls(link, 0.1);
  EXPECT_NE(failure_of([&] { calls.wait_until([] { return false; }, "a sum over NCCL", kLong_s); }), "");
  EXPECT_EQ(link->aborted, 1);
  link->abort_hangs = false;
}

}  // namespace
}  // namespace foldwave::comm
