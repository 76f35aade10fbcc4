// What hand-out on demand makes of trials whose durations are known.
#include <algorithm>
#include <functional>
#include <map>
#include <queue>

#include "foldwave/planning/planning.h"

namespace foldwave::planning {

Schedule simulate(const std::vector<double>& seconds, const Layout& layout, double hand_out_s) {
  std::map<int, std::queue<size_t>> waiting;  // by the ranks that a trial wants
  for (size_t trial = 0; trial < seconds.size(); ++trial) waiting[layout.ranks_of[trial]].push(trial);
  using Free = std::pair<double, size_t>;  // since when, which group
  std::priority_queue<Free, std::vector<Free>, std::greater<>> free;
  for (size_t group = 0; group < layout.groups.size(); ++group) free.emplace(0.0, group);
  Schedule schedule;
  double desk_free_s = 0, busy_rank_s = 0;
  while (!free.empty()) {
    const auto [since, group] = free.top();
    free.pop();
    const auto ranks = static_cast<int>(layout.groups[group].size());
    std::queue<size_t>& mine = waiting[ranks];
    if (mine.empty()) continue;
    desk_free_s = std::max(desk_free_s, since) + hand_out_s;
    const double duration = seconds[mine.front()], end = desk_free_s + duration;
    mine.pop();
    busy_rank_s += duration * ranks;
    schedule.makespan_s = std::max(schedule.makespan_s, end);
    free.emplace(end, group);
  }
  size_t ranks = 0;
  for (const auto& group : layout.groups) ranks += group.size();
  if (schedule.makespan_s > 0) schedule.busy = busy_rank_s / (schedule.makespan_s * static_cast<double>(ranks));
  return schedule;
}

}  // namespace foldwave::planning
