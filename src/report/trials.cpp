#include <fmt/format.h>

#include "report/sections.h"
#include "report/series.h"
#include "report/wording.h"

namespace foldwave::report {
namespace {

using journal::TrialRecord;
using journal::TrialState;

// Sign and word, so that the state can be told without colour.
Html pill(const std::string& state) {
  const char* sign = state == "finished" || state == "done" ? "✓"
                     : state == "failed" || state == "lost" ? "✕"
                     : state == "running"                   ? "▸"
                     : state == "stopped"                   ? "‖"
                                                            : "·";
  return "<span class=\"pill "_html + escaped(state) + "\">"_html + escaped(std::string(sign) + " " + state) +
         "</span>"_html;
}

Html stages_table(const journal::RunRecord& record) {
  std::vector<std::vector<Html>> rows;
  for (const journal::StageRecord& stage : record.stages)
    if (stage.name != "report")  // which goes on while this is written
      rows.push_back({escaped(stage.name), pill(stage.state), escaped(utc(stage.started_s)),
                      escaped(elapsed(stage.started_s, stage.ended_s)), escaped(stage.detail)});
  return rows.empty() ? Html{} : table({{"stage"}, {"state"}, {"began"}, {"took", true}, {"outcome"}}, rows);
}

std::string progress(const TrialRecord& trial) {
  if (trial.epochs == 0) return trial.epoch ? std::to_string(trial.epoch) : "-";
  return fmt::format("{} / {}", trial.state == TrialState::finished ? trial.epochs : trial.epoch, trial.epochs);
}

Html trials_table(const journal::RunRecord& record) {
  std::vector<std::vector<Html>> rows;
  for (const Series& series : series_of(record))
    for (const TrialRecord* trial : series.trials)
      rows.push_back({escaped(series.name), escaped(fold_of(trial->id)), pill(state_name(trial->state)),
                      escaped(progress(*trial)),
                      escaped(trial->epoch || trial->state == TrialState::finished ? f1(trial->valid_macro_f1) : "-"),
                      escaped(trial->seconds > 0 ? duration(trial->seconds) : "-"),
                      escaped(trial->group >= 0 ? std::to_string(trial->group) : "-"), escaped(trial->message)});
  return table({{"model"},
                {"fold"},
                {"state"},
                {"epoch", true},
                {"validation F1", true},
                {"took", true},
                {"group", true},
                {"message"}},
               rows);
}

Html notes(const journal::RunRecord& record) {
  if (record.notes.empty()) return {};
  Html html = "<h3>Notes</h3><ul class=\"notes\">"_html;
  for (const std::string& note : record.notes) html += "<li>"_html + escaped(note) + "</li>\n"_html;
  return html + "</ul>\n"_html;
}

}  // namespace

Html trials_section(const ReportInput& input) {
  const journal::RunRecord& record = input.record;
  if (record.trials.empty() && record.stages.empty()) return {};
  const Html lead = escaped(fmt::format("{} finished, {}.", count(record, TrialState::finished), unfinished(record)));
  return section("trials", "Trials", lead,
                 stages_table(record) +
                     (record.trials.empty() ? Html{}
                                            : folded("All " + counted(static_cast<long>(record.trials.size()), "trial"),
                                                     trials_table(record), record.trials.size() <= 12)) +
                     notes(record));
}

}  // namespace foldwave::report
