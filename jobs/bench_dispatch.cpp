// How fast rank 0 hands work out to ranks that have nothing to do with it.
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/core/stop.h"
#include "jobs/bench.h"

namespace foldwave::jobs {
namespace {

// Rank 0's own worker asks in memory and would take most of the items. Where it is not to work, it keeps its first item
// until all others are done.
void hand_out(const Call& call, bool rank_0_works) {
  const comm::Group& group = call.world->all();
  const int items = static_cast<int>(call.settings.integer("bench.items"));
  std::atomic<int> done = 0;
  int remote = 0;
  comm::SharedWork shared;
  shared.work = [&](int, const comm::SharedWork::Say&) {
    while (group.rank() == 0 && !rank_0_works && done < items - 1 && !StopFlag::raised())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::string();
  };
  shared.on_outcome = [&](int, int rank, const std::string&) {
    ++done;
    remote += rank != 0;
  };
  comm::begin_together(group);
  const double begin_s = monotonic_s(), cpu_begin_s = process_cpu_s();
  comm::share_work(group, items, shared);
  const double wall_s = monotonic_s() - begin_s, cpu_s = sum_over_ranks(group, process_cpu_s() - cpu_begin_s);
  if (group.rank() != 0) return;
  print_result({{"bench", "dispatch"},
                {"ranks", group.size()},
                {"rank_0_works", rank_0_works},
                {"items", done.load()},
                {"wall_s", wall_s},
                {"items_per_s", std::llround(done / wall_s)},
                {"remote_items", remote},
                {"remote_items_per_s", std::llround(remote / wall_s)},
                {"cpu_s", cpu_s}});
}

}  // namespace

void bench_dispatch(const Call& call) {
  hand_out(call, true);
  if (call.world->size() > 1) hand_out(call, false);
}

}  // namespace foldwave::jobs
