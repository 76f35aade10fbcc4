#include "foldwave/core/wait_within.h"

#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace foldwave {

void wait_within(double seconds, std::function<void()> work) {
  std::packaged_task<void()> task(std::move(work));
  const std::future<void> done = task.get_future();
  std::thread(std::move(task)).detach();
  done.wait_for(std::chrono::duration<double>(seconds));
}

}  // namespace foldwave
