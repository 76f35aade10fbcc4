#include "report/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "foldwave/core/trial_id.h"

namespace foldwave::report {

int Series::count(journal::TrialState state) const {
  return static_cast<int>(std::count_if(trials.begin(), trials.end(),
                                        [&](const journal::TrialRecord* trial) { return trial->state == state; }));
}

double Series::mean_valid_f1() const {
  double sum = 0;
  int folds = 0;
  for (const journal::TrialRecord* trial : trials) {
    if (trial->state != journal::TrialState::finished || TrialId::parse(trial->id).is_refit()) continue;
    sum += trial->valid_macro_f1;
    ++folds;
  }
  return folds ? sum / folds : std::nan("");
}

double Series::seconds() const {
  double sum = 0;
  for (const journal::TrialRecord* trial : trials) sum += trial->seconds;
  return sum;
}

std::vector<Series> series_of(const journal::RunRecord& record) {
  std::vector<Series> all;
  for (const auto& [id, trial] : record.trials) {
    const std::string name = TrialId::parse(id).series();
    auto found = std::find_if(all.begin(), all.end(), [&](const Series& series) { return series.name == name; });
    if (found == all.end()) found = all.insert(found, {name, {}});
    found->trials.push_back(&trial);
  }
  return all;
}

double seconds_per_epoch(const journal::TrialRecord& trial) {
  const int here = trial.epoch - trial.started_epoch;
  return here > 0 ? std::max(0.0, trial.last_epoch_s - trial.started_s) / here : 0;
}

int count(const journal::RunRecord& record, journal::TrialState state) {
  return static_cast<int>(std::count_if(record.trials.begin(), record.trials.end(),
                                        [&](const auto& entry) { return entry.second.state == state; }));
}

bool all_settled(const journal::RunRecord& record) {
  return count(record, journal::TrialState::finished) + count(record, journal::TrialState::dropped) ==
         static_cast<int>(record.trials.size());
}

std::string unfinished(const journal::RunRecord& record) {
  const int dropped = count(record, journal::TrialState::dropped);
  return fmt::format("{} running, {} pending, {} failed{}", count(record, journal::TrialState::running),
                     count(record, journal::TrialState::pending), count(record, journal::TrialState::failed),
                     dropped > 0 ? fmt::format(", {} dropped", dropped) : "");
}

std::string state_name(journal::TrialState state) {
  switch (state) {
    case journal::TrialState::pending: return "pending";
    case journal::TrialState::running: return "running";
    case journal::TrialState::finished: return "finished";
    case journal::TrialState::failed: return "failed";
    case journal::TrialState::dropped: return "dropped";
  }
  return "";
}

}  // namespace foldwave::report
