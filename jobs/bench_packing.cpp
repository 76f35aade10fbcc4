// How well a grid is packed: made-up trials of very unequal length, which sleep instead of training, go through the
// layout, the order and the hand-out of real ones.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/core/random.h"
#include "foldwave/core/stop.h"
#include "foldwave/planning/planning.h"
#include "jobs/bench.h"

namespace foldwave::jobs {
namespace {

// A log-normal law, the longest first: most are short, a few several times as long as the mean.
std::vector<double> made_up_durations(int64_t trials, double mean_s) {
  constexpr double sigma = 0.5;
  std::vector<double> seconds;
  for (int64_t trial = 0; trial < trials; ++trial) {
    Random random(RandomKey{.seed = 1, .song = static_cast<uint64_t>(trial)});
    seconds.push_back(mean_s * std::exp(sigma * random.normal() - sigma * sigma / 2));
  }
  std::sort(seconds.rbegin(), seconds.rend());
  return seconds;
}

void sleep_until(double end_s) {
  while (monotonic_s() < end_s && !StopFlag::raised())
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(0.05, std::max(1e-4, end_s - monotonic_s()))));
}

void simulate_a_cluster() {
  constexpr int workers = 1920, trials = 20000;
  constexpr double mean_s = 600, hand_out_s = 1e-3;
  const std::vector<double> seconds = made_up_durations(trials, mean_s);
  const auto layout = planning::lay_out(std::vector<planning::Demand>(trials), std::vector<int>(workers, 0), 1);
  const planning::Schedule schedule = planning::simulate(seconds, layout, hand_out_s);
  print_result({{"bench", "packing"},
                {"simulated", true},
                {"workers", workers},
                {"trials", trials},
                {"hand_out_s", hand_out_s},
                {"makespan_s", schedule.makespan_s},
                {"busy", schedule.busy}});
}

}  // namespace

void bench_packing(const Call& call) {
  const comm::Group& group = call.world->all();
  const std::vector<double> seconds =
      made_up_durations(call.settings.integer("bench.trials"), call.settings.real("bench.trial_s"));
  const std::vector<planning::Demand> demands(seconds.size());
  const planning::Layout layout = planning::lay_out(demands, std::vector<int>(static_cast<size_t>(group.size()), 0), 1);
  comm::SharedWork shared;
  shared.work = [&](int item, const comm::SharedWork::Say&) {
    sleep_until(monotonic_s() + seconds[static_cast<size_t>(item)]);
    return std::string();
  };
  shared.may_have = [&](int item, int rank) { return planning::may_have(layout, item, rank); };
  comm::begin_together(group);
  const double begin_s = monotonic_s(), cpu_begin_s = process_cpu_s();
  const int done = comm::share_work(group, static_cast<int>(seconds.size()), shared);
  const double makespan_s = monotonic_s() - begin_s;
  const double cpu_s = sum_over_ranks(group, process_cpu_s() - cpu_begin_s);
  if (group.rank() != 0) return;
  const double sum_s = std::accumulate(seconds.begin(), seconds.end(), 0.0);
  const double lower_bound_s = std::max(seconds.empty() ? 0.0 : seconds.front(), sum_s / group.size());
  print_result({{"bench", "packing"},
                {"simulated", false},
                {"ranks", group.size()},
                {"trials", done},
                {"makespan_s", makespan_s},
                {"lower_bound_s", lower_bound_s},
                {"makespan_over_lower_bound", makespan_s / lower_bound_s},
                {"cores_per_rank", cpu_s / (makespan_s * group.size())}});
  simulate_a_cluster();
}

}  // namespace foldwave::jobs
