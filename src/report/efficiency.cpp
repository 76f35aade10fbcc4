#include "report/efficiency.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/sections.h"
#include "report/series.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using journal::UseRecord;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string share_of(double part, double whole) { return whole > 0 ? percent(part / whole) : "-"; }

// Those too that had no trial.
std::map<int, UseRecord> groups_of(const journal::RunRecord& record) {
  std::map<int, UseRecord> groups = record.use.groups;
  const auto layout = record.layouts.find(record.use.part);
  if (layout == record.layouts.end()) return groups;
  for (size_t i = 0; i < layout->second.groups.size(); ++i)
    groups[static_cast<int>(i)].ranks = static_cast<int>(layout->second.groups[i].size());
  return groups;
}

std::string hours(double value) { return fmt::format("{:.3g}", value); }

Html groups_table(const journal::RunRecord& record, double seconds) {
  std::vector<std::vector<Html>> rows;
  for (const auto& [group, use] : groups_of(record))
    rows.push_back(
        {escaped(std::to_string(group)), escaped(std::to_string(use.ranks)), escaped(share_of(use.seconds, seconds)),
         escaped(share_of(use.data_s, use.seconds)), escaped(share_of(use.others_s, use.seconds)),
         escaped(duration(std::max(0.0, seconds - use.seconds))), escaped(fmt::format("{:.0f} MiB", use.peak_mib))});
  return table({{"group"},
                {"ranks", true},
                {"busy", true},
                {"of it waiting for data", true},
                {"for other ranks", true},
                {"idle", true},
                {"largest rank", true}},
               rows);
}

Html trials_table(const journal::RunRecord& record) {
  std::vector<std::vector<Html>> rows;
  for (const Series& series : series_of(record))
    for (const journal::TrialRecord* trial : series.trials)
      if (const UseRecord& use = trial->use; use.ranks > 0)
        rows.push_back({escaped(series.name), escaped(fold_of(trial->id)), escaped(std::to_string(use.ranks)),
                        escaped(duration(use.seconds)), escaped(hours(use.node_s / 3600)),
                        escaped(share_of(use.data_s, use.seconds)), escaped(share_of(use.others_s, use.seconds)),
                        escaped(fmt::format("{:.0f} MiB", use.peak_mib))});
  return table({{"model"},
                {"fold"},
                {"ranks", true},
                {"took", true},
                {"node-hours", true},
                {"waiting for data", true},
                {"for other ranks", true},
                {"largest rank", true}},
               rows);
}

}  // namespace

Efficiency efficiency_of(const journal::RunRecord& record) {
  Efficiency found;
  if (record.use.groups.empty() || record.use.seconds == 0) return found;
  const std::map<int, UseRecord> groups = groups_of(record);
  found.seconds = record.use.seconds;
  found.groups = groups.size();
  double ranks = 0, busy_s = 0, data_s = 0, others_s = 0;
  found.least_busy = 1;
  for (const auto& [group, use] : groups) {
    ranks += use.ranks;
    busy_s += use.ranks * use.seconds;
    data_s += use.ranks * use.data_s;
    others_s += use.ranks * use.others_s;
    found.least_busy = std::min(found.least_busy, use.seconds / found.seconds);
    found.peak_mib = std::max(found.peak_mib, use.peak_mib);
  }
  found.busy = std::min(1.0, busy_s / ranks / found.seconds);
  found.data = busy_s > 0 ? data_s / busy_s : 0;
  found.others = busy_s > 0 ? others_s / busy_s : 0;
  for (const auto& [id, trial] : record.trials) found.node_hours += trial.use.node_s / 3600;
  return found;
}

std::string sentence_of(const Efficiency& e) {
  const std::string who =
      e.groups == 1 ? "the group had a trial for" : fmt::format("the {} groups had a trial for", e.groups);
  const std::string least = e.groups == 1 ? "" : fmt::format(" (the idlest {})", percent(e.least_busy));
  return fmt::format(
      "{} {} of the {} of training{}, of which {} waited for data and {} for other ranks; at most {:.0f} MiB a rank; "
      "{} "
      "node-hours",
      who, percent(e.busy), duration(e.seconds), least, percent(e.data), percent(e.others), e.peak_mib,
      hours(e.node_hours));
}

Html efficiency_section(const ReportInput& input) {
  const Efficiency found = efficiency_of(input.record);
  if (!found.known()) return {};
  return section(
      "efficiency", "Efficiency", escaped(capital(sentence_of(found)) + "."),
      groups_table(input.record, found.seconds) + folded("Node-hours of each trial", trials_table(input.record)));
}

}  // namespace foldwave::report
