// The same bodies over every communicator, under mpirun with 1 to 4 ranks. Those over NCCL have the label gpu.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <thread>

#include "comm/faulty_communicator.h"
#include "comm/floats.h"
#include "comm/shared_memory.h"
#include "comm/thread_group.h"
#include "foldwave/comm/gpus.h"
#include "foldwave/core/clock.h"
#include "mpi/world_main.h"

namespace foldwave::comm {
namespace {

using Body = std::function<void(Communicator&)>;

constexpr std::array<size_t, 4> lengths{1, 3, 1000, 100003};  // those that go in one message, and in parts

struct OverSharedMemory {
  static std::string missing() { return ""; }
  static void run(const Body& body) { body(*make_mpi_communicator(world->all())); }
};

struct OverMessages {
  static std::string missing() { return ""; }
  static void run(const Body& body) { body(*make_mpi_communicator(world->all(), false)); }
};

// As many ranks as the world has, all of them in each process.
struct OverThreads {
  static std::string missing() { return ""; }
  static void run(const Body& body) {
    ThreadGroup group(world->size());
    EXPECT_EQ(group.run(body), std::vector<std::string>(static_cast<size_t>(world->size())));
  }
};

struct OverFaultyThatDoesNotFail {
  static std::string missing() { return ""; }
  static void run(const Body& body) { body(*make_faulty_communicator(make_mpi_communicator(world->all()), {})); }
};

struct OverNccl {
  static std::string missing() { return missing_for_nccl(); }
  static void run(const Body& body) {
    const int device = world->local_rank() % static_cast<int>(gpu_names().size());
    body(*make_nccl_communicator(world->all(), device, {.init_s = 60, .step_s = 60, .checkpoint_s = 60}));
  }
};

struct NameOf {
  template <class Over>
  static std::string GetName(int) {
    if (std::is_same_v<Over, OverSharedMemory>) return "SharedMemory";
    if (std::is_same_v<Over, OverMessages>) return "Messages";
    if (std::is_same_v<Over, OverThreads>) return "Threads";
    return std::is_same_v<Over, OverNccl> ? "Nccl" : "FaultyThatDoesNotFail";
  }
};

template <class Over>
class CommunicatorOver : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = Over::missing(); !missing.empty()) GTEST_SKIP() << missing;
  }
};
using Transports = testing::Types<OverSharedMemory, OverMessages, OverThreads, OverFaultyThatDoesNotFail, OverNccl>;
TYPED_TEST_SUITE(CommunicatorOver, Transports, NameOf);

float sum_of_ranks(const Communicator& communicator) {
  return static_cast<float>(communicator.size() * (communicator.size() + 1)) / 2;
}

// [i]: (rank + 1) * (i % 7)
std::vector<float> ramp(size_t length, float scale) {
  std::vector<float> values(length);
  for (size_t i = 0; i < length; ++i) values[i] = scale * static_cast<float>(i % 7);
  return values;
}

TYPED_TEST(CommunicatorOver, KnowsItsRanks) {
  TypeParam::run([](Communicator& communicator) {
    EXPECT_EQ(communicator.size(), world->size());
    EXPECT_GE(communicator.rank(), 0);
    EXPECT_LT(communicator.rank(), communicator.size());
  });
}

TYPED_TEST(CommunicatorOver, SumsBuffersInTheOrderInWhichTheyWereStarted) {
  TypeParam::run([](Communicator& communicator) {
    for (const size_t length : lengths) {
      Floats a(ramp(length, static_cast<float>(communicator.rank() + 1)), communicator.on_device());
      Floats b(std::vector<float>(length, 1), communicator.on_device());
      communicator.start_sum(a.buffer());
      communicator.start_sum(b.buffer());
      communicator.wait();
      ASSERT_EQ(a.values(), ramp(length, sum_of_ranks(communicator)));
      ASSERT_EQ(b.values(), std::vector<float>(length, static_cast<float>(communicator.size())));
    }
  });
}

TYPED_TEST(CommunicatorOver, SumsOnWhatASumHasLeft) {
  TypeParam::run([](Communicator& communicator) {
    Floats values({1, 2}, communicator.on_device());
    for (int time = 0; time < 3; ++time) {
      communicator.start_sum(values.buffer());
      communicator.wait();
    }
    const auto n = static_cast<float>(communicator.size());
    EXPECT_EQ(values.values(), (std::vector<float>{n * n * n, 2 * n * n * n}));
  });
}

TYPED_TEST(CommunicatorOver, HasNothingToWaitForWhereNothingWasStarted) {
  TypeParam::run([](Communicator& communicator) {
    communicator.wait();
    communicator.wait();
  });
}

TYPED_TEST(CommunicatorOver, GivesEqualBytesForEqualInputsAndTheSameOnEveryRank) {
  TypeParam::run([](Communicator& communicator) {
    for (const size_t length : lengths) {
      std::vector<float> mine(length);
      for (size_t i = 0; i < mine.size(); ++i)
        mine[i] = 1.0F / static_cast<float>(3 + i + 31 * static_cast<size_t>(communicator.rank()));
      std::vector<float> first;
      for (int time = 0; time < 3; ++time) {
        Floats values(mine, communicator.on_device());
        communicator.start_sum(values.buffer());
        communicator.wait();
        if (time == 0) first = values.values();
        ASSERT_EQ(values.values(), first);
      }
      Floats of_rank_0(first, communicator.on_device());
      communicator.broadcast(std::as_writable_bytes(of_rank_0.buffer()), 0);
      EXPECT_EQ(of_rank_0.values(), first);
    }
  });
}

// Values whose sum depends on the order: the small ones vanish beside the large one unless they were added first.
TYPED_TEST(CommunicatorOver, AddsInRankOrderOnTheHost) {
  TypeParam::run([](Communicator& communicator) {
    if (communicator.on_device()) return;
    float expected = 1e8F;
    for (int rank = 1; rank < communicator.size(); ++rank) expected += 3.0F;
    for (const size_t length : lengths) {
      std::vector<float> values(length, communicator.rank() == 0 ? 1e8F : 3.0F);
      communicator.start_sum(values);
      communicator.wait();
      EXPECT_EQ(values, std::vector<float>(length, expected));
    }
  });
}

TYPED_TEST(CommunicatorOver, SumsPartsOfItsBufferAgainAndAgain) {
  TypeParam::run([](Communicator& communicator) {
    if (communicator.on_device()) return;
    for (const size_t length : lengths) {  // each time another buffer, a larger one than before
      const auto buffer = communicator.buffer(2 * length);
      const std::span<float> front(buffer.get(), length), back(buffer.get() + length, length);
      ASSERT_EQ(std::vector<float>(buffer.get(), buffer.get() + 2 * length), std::vector<float>(2 * length, 0));
      for (int time = 1; time <= 20; ++time) {
        const auto scale = static_cast<float>(time);
        std::ranges::copy(ramp(length, scale * static_cast<float>(communicator.rank() + 1)), front.begin());
        communicator.start_sum(front);
        std::ranges::fill(back, scale);
        communicator.start_sum(back);
        communicator.wait();
        ASSERT_EQ(std::vector<float>(front.begin(), front.end()), ramp(length, scale * sum_of_ranks(communicator)));
        ASSERT_EQ(std::vector<float>(back.begin(), back.end()),
                  std::vector<float>(length, scale * static_cast<float>(communicator.size())));
      }
    }
  });
}

TYPED_TEST(CommunicatorOver, SumsSmallBuffersBesideItsOwn) {
  TypeParam::run([](Communicator& communicator) {
    if (communicator.on_device()) return;
    const size_t length = 1 << 18;
    const auto own = communicator.buffer(length);
    std::fill_n(own.get(), length, 1.0F);
    for (int time = 0; time < 3; ++time) {
      communicator.start_sum({own.get(), length});
      for (int i = 0; i < 200; ++i) {
        std::vector<float> small{static_cast<float>(i)};
        communicator.sum(small);
        ASSERT_EQ(small[0], static_cast<float>(communicator.size() * i));
      }
      communicator.wait();
    }
    const auto expected = static_cast<float>(communicator.size() * communicator.size() * communicator.size());
    ASSERT_EQ(std::vector<float>(own.get(), own.get() + length), std::vector<float>(length, expected));
  });
}

TYPED_TEST(CommunicatorOver, SumsSmallBuffersBesideLargeOnes) {
  TypeParam::run([](Communicator& communicator) {
    Floats large(std::vector<float>(1 << 18, 1), communicator.on_device());
    float expected = 1;
    for (int time = 0; time < 3; ++time) {
      communicator.start_sum(large.buffer());
      expected *= static_cast<float>(communicator.size());
      for (int i = 0; i < 200; ++i) {
        Floats small({static_cast<float>(communicator.rank() + i)}, communicator.on_device());
        communicator.sum(small.buffer());
        const int n = communicator.size(), sum = n * (n - 1) / 2 + n * i;
        ASSERT_EQ(small.values(), std::vector<float>{static_cast<float>(sum)});
      }
      communicator.wait();
      ASSERT_EQ(large.values(), std::vector<float>(1 << 18, expected));
    }
  });
}

TYPED_TEST(CommunicatorOver, BroadcastsFromAnyRoot) {
  TypeParam::run([](Communicator& communicator) {
    for (int root = 0; root < communicator.size(); ++root) {
      Floats values(std::vector<float>(10, static_cast<float>(communicator.rank())), communicator.on_device());
      communicator.broadcast(std::as_writable_bytes(values.buffer()), root);
      EXPECT_EQ(values.values(), std::vector<float>(10, static_cast<float>(root)));
    }
  });
}

TEST(MpiCommunicator, GivesTheSameBytesThroughSharedMemoryAsByMessages) {
  std::vector<std::vector<float>> sums;
  for (const bool shared : {true, false}) {
    const auto communicator = make_mpi_communicator(world->all(), shared);
    const auto buffer = communicator->buffer(100003);
    for (size_t i = 0; i < 100003; ++i)
      buffer[i] = 1.0F / static_cast<float>(3 + i + 31 * static_cast<size_t>(communicator->rank()));
    communicator->start_sum({buffer.get(), 100003});
    communicator->wait();
    sums.emplace_back(buffer.get(), buffer.get() + 100003);
  }
  EXPECT_EQ(sums[0], sums[1]);
}

TEST(MpiCommunicator, SharesTheMemoryOfRanksOnOneNode) {
  if (world->local_size() < world->size()) GTEST_SKIP() << "ranks on several nodes";
  const auto shared = SharedMemory::of(world->all());
  ASSERT_NE(shared, nullptr) << "a rank cannot open another one's /proc/PID/fd";
  const auto buffer = shared->buffer(10);
  EXPECT_TRUE(shared->holds(std::span(buffer.get() + 3, 7)));
  EXPECT_FALSE(shared->holds(std::span(buffer.get() + 3, 8)));
  EXPECT_THROW(shared->buffer(10), std::logic_error) << "one at a time";
}

TEST(MpiCommunicator, LeavesABufferToItsHolderWhenItIsGone) {
  std::shared_ptr<float[]> buffer;
  {
    const auto communicator = make_mpi_communicator(world->all());
    buffer = communicator->buffer(1000);
    buffer[999] = 1;
    communicator->start_sum({buffer.get(), 1000});
    communicator->wait();
  }
  EXPECT_EQ(buffer[999], static_cast<float>(world->size()));
  buffer[0] = 2;
}

TEST(MpiCommunicator, TellsHowLongItHasSummedAndWaited) {
  const auto communicator = make_mpi_communicator(world->all());
  std::vector<float> values(1 << 20, 1);
  communicator->start_sum(values);
  communicator->wait();
  const CommunicationTime time = communicator->time();
  EXPECT_EQ(time.summing_s > 0, world->size() > 1);
  EXPECT_GE(time.waited_s, 0);
}

class FaultyCommunicator : public testing::Test {
 protected:
  static std::string failure_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const GroupLost& error) {
      return error.what();
    }
    return "";
  }
  static constexpr const char* kLost = "a sum did not end by its deadline: a rank of the group is lost";

  std::vector<float> values_ = std::vector<float>(10, 1);
};

TEST_F(FaultyCommunicator, FailsAtTheSumThatItWasTold) {
  const auto communicator = make_faulty_communicator(make_mpi_communicator(world->all()), {.at_sum = 2});
  communicator->start_sum(values_);
  communicator->start_sum(values_);
  communicator->wait();
  EXPECT_EQ(values_, std::vector<float>(10, static_cast<float>(world->size() * world->size())));
  EXPECT_EQ(failure_of([&] { communicator->start_sum(values_); }), "sum 2 was made to fail");
  EXPECT_EQ(failure_of([&] { communicator->wait(); }), "sum 2 was made to fail") << "it stays lost";
}

TEST_F(FaultyCommunicator, LeavesThePeersOfTheRankThatFailsWaitingUntilTheirDeadline) {
  const int last = world->size() - 1;
  const auto communicator =
      make_faulty_communicator(make_mpi_communicator(world->all()), {.at_sum = 0, .rank = last, .deadline_s = 0.2});
  const double began = monotonic_s();
  const std::string started = failure_of([&] { communicator->start_sum(values_); });
  EXPECT_EQ(started, world->rank() == last ? "sum 0 was made to fail" : "");
  if (world->rank() == last) return;
  EXPECT_EQ(failure_of([&] { communicator->wait(); }), kLost);
  EXPECT_GE(monotonic_s() - began, 0.2);
}

TEST_F(FaultyCommunicator, NeverEndsUntilItsDeadline) {
  const Fault fault{.at_sum = 1, .kind = Fault::Kind::never_ends, .deadline_s = 0.2};
  const auto communicator = make_faulty_communicator(make_mpi_communicator(world->all()), fault);
  communicator->start_sum(values_);
  communicator->start_sum(values_);
  EXPECT_EQ(failure_of([&] { communicator->wait(); }), kLost);
  EXPECT_EQ(failure_of([&] { communicator->start_sum(values_); }), kLost) << "it stays lost";
}

}  // namespace
}  // namespace foldwave::comm

int main(int argc, char** argv) { return foldwave::comm::run_all_tests(argc, argv); }
