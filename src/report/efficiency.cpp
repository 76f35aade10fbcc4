#include "report/efficiency.h"

#include <fmt/format.h>

#include <algorithm>

#include "foldwave/core/trial_id.h"
#include "report/sections.h"
#include "report/series.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using journal::UseRecord;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string share_of(double part, double whole) { return whole > 0 ? percent(part / whole) : "-"; }

std::string hours(double value) { return fmt::format("{:.3g}", value); }

Html groups_table(const journal::RunRecord& record) {
  std::vector<std::vector<Html>> rows;
  for (const journal::LaunchUse& launch : record.uses)
    for (const auto& [group, use] : launch.groups)
      rows.push_back({keyed(launch.began_s, utc(launch.began_s)), escaped(launch.part.empty() ? "-" : launch.part),
                      escaped(std::to_string(group)), escaped(std::to_string(use.ranks)),
                      escaped(share_of(use.seconds, launch.seconds)), escaped(share_of(use.data_s, use.seconds)),
                      escaped(share_of(use.others_s, use.seconds)),
                      keyed(launch.seconds - use.seconds, duration(std::max(0.0, launch.seconds - use.seconds))),
                      escaped(fmt::format("{:.0f} MiB", use.peak_mib))});
  return table({{"trained from"},
                {"part"},
                {"group", true},
                {"ranks", true},
                {"busy", true},
                {"of it waiting for data", true},
                {"for other ranks", true},
                {"idle", true},
                {"largest rank", true}},
               rows, Rows::sortable);
}

Html trials_table(const journal::RunRecord& record) {
  std::vector<std::vector<Html>> rows;
  for (const Series& series : series_of(record))
    for (const journal::TrialRecord* trial : series.trials)
      if (const UseRecord& use = trial->use; use.ranks > 0)
        rows.push_back({escaped(series.name), escaped(TrialId::parse(trial->id).fold),
                        escaped(std::to_string(use.ranks)), keyed(use.seconds, duration(use.seconds)),
                        escaped(hours(use.node_s / 3600)), escaped(share_of(use.data_s, use.seconds)),
                        escaped(share_of(use.others_s, use.seconds)),
                        escaped(fmt::format("{:.0f} MiB", use.peak_mib))});
  return table({{"model", false, true},
                {"fold"},
                {"ranks", true},
                {"took", true},
                {"node-hours", true},
                {"waiting for data", true},
                {"for other ranks", true},
                {"largest rank", true}},
               rows, Rows::sortable);
}

}  // namespace

Efficiency efficiency_of(const journal::RunRecord& record) {
  Efficiency found;
  double rank_s = 0, busy_s = 0, data_s = 0, others_s = 0;
  for (const journal::LaunchUse& launch : record.uses) {
    rank_s += launch.ranks * launch.seconds;
    for (const auto& [group, use] : launch.groups) {
      busy_s += use.ranks * use.seconds;
      data_s += use.ranks * use.data_s;
      others_s += use.ranks * use.others_s;
      found.peak_mib = std::max(found.peak_mib, use.peak_mib);
    }
  }
  if (rank_s <= 0 || busy_s <= 0) return {};
  found.launches = record.uses.size();
  found.lost = static_cast<size_t>(std::count_if(record.launches.begin(), record.launches.end(),
                                                 [](const auto& launch) { return launch.ending == "lost"; }));
  found.rank_hours = rank_s / 3600;
  found.busy = std::min(1.0, busy_s / rank_s);
  found.data = data_s / busy_s;
  found.others = others_s / busy_s;
  for (const auto& [id, trial] : record.trials) found.node_hours += trial.use.node_s / 3600;
  return found;
}

std::string sentence_of(const Efficiency& e) {
  const std::string launches = e.launches == 1 ? "" : fmt::format(" in {} launches", e.launches);
  const std::string lost =
      e.lost == 0 ? ""
                  : fmt::format("; of {} that died without a word only the trials that it had done are counted",
                                e.lost == 1 ? "a launch" : fmt::format("{} launches", e.lost));
  return fmt::format(
      "ranks had a trial for {} of {} rank-hours of training{}, of which {} waited for data and {} for other ranks; at "
      "most {:.0f} MiB a rank; {} node-hours of trials{}",
      percent(e.busy), hours(e.rank_hours), launches, percent(e.data), percent(e.others), e.peak_mib,
      hours(e.node_hours), lost);
}

Html efficiency_section(const ReportInput& input) {
  const Efficiency found = efficiency_of(input.record);
  if (!found.known()) return {};
  return section("efficiency", "Efficiency", escaped(capital(sentence_of(found)) + "."),
                 groups_table(input.record) + folded("Node-hours of each trial", trials_table(input.record)));
}

}  // namespace foldwave::report
