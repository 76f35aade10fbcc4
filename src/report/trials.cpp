#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "foldwave/core/trial_id.h"
#include "report/grid_point.h"
#include "report/pill.h"
#include "report/sections.h"
#include "report/series.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using journal::TrialRecord;
using journal::TrialState;

// Which columns the trials differ in, or have at all.
struct Parts {
  bool augment = false, seed = false, message = false;
  std::vector<std::string> axes;
};

Parts parts_of(const journal::RunRecord& record) {
  Parts parts;
  std::set<std::string> augments, seeds, axes;
  for (const auto& [id, trial] : record.trials) {
    const GridPoint point = grid_point(id);
    augments.insert(point.augment);
    seeds.insert(point.seed);
    for (const auto& [key, value] : point.axes) axes.insert(key);
    parts.message = parts.message || !trial.message.empty();
  }
  parts.augment = augments.size() > 1 || !augments.contains("");
  parts.seed = seeds.size() > 1;
  parts.axes.assign(axes.begin(), axes.end());
  return parts;
}

std::string progress(const TrialRecord& trial) {
  if (trial.epochs == 0) return trial.epoch ? std::to_string(trial.epoch) : "-";
  return fmt::format("{} / {}", trial.state == TrialState::finished ? trial.epochs : trial.epoch, trial.epochs);
}

Html score_of(const TrialRecord& trial) {
  const bool known = (trial.epoch || trial.state == TrialState::finished) && !TrialId::parse(trial.id).is_refit();
  const double value = known ? trial.valid_macro_f1 : std::nan("");
  return keyed(value, f1(value));
}

std::vector<Html> row_of(const TrialRecord& trial, const Parts& parts) {
  const GridPoint point = grid_point(trial.id);
  std::vector<Html> row{breakable(point.backbone)};
  if (parts.augment) row.push_back(breakable(point.augment));
  for (const std::string& axis : parts.axes) row.push_back(breakable(value_on(point, axis)));
  if (parts.seed) row.push_back(escaped(point.seed));
  const int done = trial.state == TrialState::finished ? trial.epochs : trial.epoch;
  for (const Html& cell :
       {escaped(point.fold), pill(state_name(trial.state)), score_of(trial), keyed(done, progress(trial)),
        keyed(trial.seconds > 0 ? trial.seconds : std::nan(""), trial.seconds > 0 ? duration(trial.seconds) : "-"),
        escaped(trial.group >= 0 ? std::to_string(trial.group) : "-")})
    row.push_back(cell);
  if (parts.message) row.push_back(escaped(trial.message));
  return row;
}

Html trials_table(const journal::RunRecord& record) {
  const Parts parts = parts_of(record);
  std::vector<Column> columns{{"backbone"}};
  if (parts.augment) columns.push_back({"augment"});
  for (const std::string& axis : parts.axes) columns.push_back({axis, false, true});
  if (parts.seed) columns.push_back({"seed"});
  for (const Column& column : {Column{"fold"}, Column{"state"}, Column{"validation F1", true}, Column{"epoch", true},
                               Column{"took", true}, Column{"group", true}})
    columns.push_back(column);
  if (parts.message) columns.push_back({"message"});
  std::vector<std::vector<Html>> rows;
  for (const Series& series : series_of(record))
    for (const TrialRecord* trial : series.trials) rows.push_back(row_of(*trial, parts));
  return table(columns, rows, Rows::sortable);
}

}  // namespace

Html trials_section(const ReportInput& input) {
  const journal::RunRecord& record = input.record;
  if (record.trials.empty()) return {};
  const Html lead = escaped(
      fmt::format("{} finished, {}. A column's title sorts by it; validation F1 is macro F1, 0 to 1, of the fold "
                  "that the trial did not learn from.",
                  count(record, TrialState::finished), unfinished(record)));
  return section("trials", "Trials", lead, trials_table(record));
}

}  // namespace foldwave::report
