#include "foldwave/core/stop.h"

#include <atomic>
#include <csignal>
#include <limits>

#include "foldwave/core/clock.h"
#include "foldwave/core/last_mark.h"

namespace foldwave {
namespace {

std::atomic<bool> stop_raised{false}, signalled{false};
std::atomic<double> deadline{0}, work_began{0};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void on_signal(int) {
  StopFlag::raise_by_signal();
  LastMark::set(LastMark::kTold);
}

}  // namespace

void StopFlag::raise_on_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaction(signal, &action, nullptr);
}

bool StopFlag::by_signal() { return signalled.load(std::memory_order_relaxed); }
void StopFlag::raise_by_signal() {
  signalled.store(true, std::memory_order_relaxed);
  raise();
}
void StopFlag::raise() { stop_raised.store(true, std::memory_order_relaxed); }
void StopFlag::set_deadline(double monotonic) {
  if (monotonic == 0) work_began.store(0, std::memory_order_relaxed);
  deadline.store(monotonic, std::memory_order_relaxed);
}
void StopFlag::work_begins() {
  double never = 0;
  work_began.compare_exchange_strong(never, monotonic_s(), std::memory_order_relaxed);
}
double StopFlag::seconds_for_work() {
  work_begins();
  return deadline.load(std::memory_order_relaxed) - work_began.load(std::memory_order_relaxed);
}

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
