#include "foldwave/core/stop.h"

#include <atomic>
#include <csignal>
#include <limits>

#include "foldwave/core/clock.h"
#include "foldwave/core/last_mark.h"

namespace foldwave {
namespace {

std::atomic<bool> stop_raised{false};
std::atomic<double> deadline{0};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void on_signal(int) {
  stop_raised.store(true, std::memory_order_relaxed);
  LastMark::set(LastMark::kTold);
}

}  // namespace

void StopFlag::raise_on_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaction(signal, &action, nullptr);
}

void StopFlag::raise() { stop_raised.store(true, std::memory_order_relaxed); }
void StopFlag::set_deadline(double monotonic) { deadline.store(monotonic, std::memory_order_relaxed); }

bool StopFlag::has_deadline() { return deadline.load(std::memory_order_relaxed) > 0; }
double StopFlag::seconds_left() {
  return has_deadline() ? deadline.load(std::memory_order_relaxed) - monotonic_s()
                        : std::numeric_limits<double>::infinity();
}

bool StopFlag::raised() {
  const double limit = deadline.load(std::memory_order_relaxed);
  return stop_raised.load(std::memory_order_relaxed) || (limit > 0 && monotonic_s() > limit);
}

}  // namespace foldwave
