#include "foldwave/core/wait_within.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include "foldwave/core/clock.h"

namespace foldwave {
namespace {

TEST(WaitWithin, WaitsForWhatEndsInTimeEvenIfItThrows) {
  const auto done = std::make_shared<std::atomic<bool>>(false);
  wait_within(60, [done] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    *done = true;
    throw std::runtime_error("nobody hears this");
  });
  EXPECT_TRUE(*done);
}

TEST(WaitWithin, GoesOnWithoutWhatHangs) {
  const double begin_s = monotonic_s();
  wait_within(0.1, [] { std::this_thread::sleep_for(std::chrono::seconds(3)); });
  EXPECT_LT(monotonic_s() - begin_s, 2);
}

}  // namespace
}  // namespace foldwave
