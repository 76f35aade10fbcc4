#include "comm/back_off.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace foldwave::comm {

void BackOff::idle() {
  constexpr int kYields = 100;
  if (idle_ < kYields) {
    sched_yield();
  } else {
    const int doublings = std::min((idle_ - kYields) / 8, 6);
    std::this_thread::sleep_for(std::chrono::microseconds(std::min(20 << doublings, 1000)));
  }
  ++idle_;
}

}  // namespace foldwave::comm
