#include <cmath>
#include <nlohmann/json.hpp>

#include "foldwave/report/report.h"
#include "report/efficiency.h"
#include "report/missing.h"
#include "report/series.h"

namespace foldwave::report {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json launch_json(const journal::LaunchRecord& launch) {
  return {{"id", launch.id},           {"host", launch.host},       {"job", launch.job},
          {"ranks", launch.ranks},     {"command", launch.command}, {"started_s", launch.started_s},
          {"ended_s", launch.ended_s}, {"ending", launch.ending},   {"message", launch.message}};
}

Json trial_json(const journal::TrialRecord& trial) {
  return {{"id", trial.id},
          {"state", state_name(trial.state)},
          {"epoch", trial.epoch},
          {"epochs", trial.epochs},
          {"valid_macro_f1", number(trial.valid_macro_f1)},
          {"best_macro_f1", number(trial.best_macro_f1)},
          {"seconds", number(trial.seconds)},
          {"seconds_per_epoch", number(seconds_per_epoch(trial))},
          {"seconds_left", trial.state == journal::TrialState::running && seconds_per_epoch(trial) > 0
                               ? number(seconds_per_epoch(trial) * (trial.epochs - trial.epoch))
                               : Json(nullptr)},
          {"node_hours", number(trial.use.node_s / 3600)},
          {"waited_for_data_s", number(trial.use.data_s)},
          {"waited_for_others_s", number(trial.use.others_s)},
          {"peak_mib", number(trial.use.peak_mib)},
          {"group", trial.group},
          {"host", trial.host},
          {"failures", trial.failures},
          {"predicted", trial.predicted},
          {"message", trial.message}};
}

// Shares of the time of training, of all ranks; null where nothing is known.
Json efficiency_json(const Efficiency& found) {
  if (!found.known()) return nullptr;
  return {{"launches", found.launches},     {"rank_hours", found.rank_hours},     {"busy", found.busy},
          {"waiting_for_data", found.data}, {"waiting_for_others", found.others}, {"peak_mib", found.peak_mib},
          {"node_hours", found.node_hours}};
}

Json score_json(const ScoreRow& score) {
  Json folds = Json::array();
  for (const double f1 : score.fold_macro_f1) folds.push_back(number(f1));
  return {{"name", score.name},
          {"meta", score.meta},
          {"chosen", score.chosen},
          {"optimistic", score.optimistic},
          {"oof_macro_f1", number(score.oof_macro_f1)},
          {"standard_error", number(score.standard_error)},
          {"lead", number(score.lead)},
          {"lead_standard_error", number(score.lead_error)},
          {"fold_macro_f1", folds}};
}

}  // namespace

std::string status_json(const ReportInput& input) {
  Json launches = Json::array(), stages = Json::array(), trials = Json::array(), scores = Json::array();
  for (const journal::LaunchRecord& launch : input.record.launches) launches.push_back(launch_json(launch));
  for (const journal::StageRecord& stage : input.record.stages)
    stages.push_back({{"name", stage.name},
                      {"state", stage.state},
                      {"started_s", stage.started_s},
                      {"ended_s", stage.ended_s},
                      {"detail", stage.detail}});
  for (const auto& [id, trial] : input.record.trials) trials.push_back(trial_json(trial));
  for (const ScoreRow& score : input.scores) scores.push_back(score_json(score));
  const Json status{{"directory", input.record.directory.string()},
                    {"launches", launches},
                    {"stages", stages},
                    {"trials", trials},
                    {"efficiency", efficiency_json(efficiency_of(input.record))},
                    {"scores", scores},
                    {"chosen_reason", input.chosen_reason},
                    {"submission", input.submission},
                    {"quarantined", input.quarantine.size()},
                    {"missing", missing(input)}};
  return status.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace foldwave::report
