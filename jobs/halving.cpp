#include "jobs/halving.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "foldwave/models/backbones.h"

namespace foldwave::jobs {
namespace {

bool is_compared(const planning::TrialSpec& trial) {
  return trial.fold != catalog::kAllRows && !models::is_shallow(trial.model);
}

// In config order, each once.
std::vector<std::string> points_of(const Session& session) {
  std::vector<std::string> names;
  for (const planning::TrialSpec& trial : session.trials)
    if (is_compared(trial) && std::find(names.begin(), names.end(), trial.name) == names.end())
      names.push_back(trial.name);
  return names;
}

// Behind the epoch of the rung, or its last one where it ended earlier, of a trial that may have gone on since. NaN
// where it has not come so far.
double f1_at(int rung, const journal::TrialRecord& trial) {
  if (trial.state == journal::TrialState::failed) return std::nan("");
  if (trial.f1_of_epoch.empty())
    return trial.state == journal::TrialState::finished ? trial.valid_macro_f1 : std::nan("");
  const size_t epochs = trial.f1_of_epoch.size();
  if (epochs < static_cast<size_t>(rung) && trial.state != journal::TrialState::finished) return std::nan("");
  return trial.f1_of_epoch[std::min(static_cast<size_t>(rung), epochs) - 1];
}

// Mean over folds and seeds of the macro F1 at the rung; NaN where a trial has none.
double score_of(int rung, const Session& session, const std::string& name, const journal::RunRecord& record) {
  double sum = 0;
  int trials = 0;
  for (const planning::TrialSpec& trial : session.trials) {
    if (trial.name != name || !is_compared(trial)) continue;
    sum += f1_at(rung, record.trials.at(trial.id));
    ++trials;
  }
  return sum / trials;
}

std::string listed(const std::vector<std::string>& names, const std::map<std::string, double>& scores) {
  std::vector<std::string> texts;
  for (const std::string& name : names) texts.push_back(fmt::format("{} ({:.3f})", name, scores.at(name)));
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

std::set<std::string> dropped_points(const Settings& settings, const journal::RunRecord& record) {
  return planning::halving_config(settings).rungs.empty() ? std::set<std::string>() : record.dropped;
}

std::set<std::string> halted_points(const Session& session, const std::set<std::string>& hopeless) {
  std::set<std::string> names;
  if (planning::halving_config(session.settings).rungs.empty()) return names;
  for (const planning::TrialSpec& trial : session.trials)
    if (is_compared(trial) && hopeless.contains(trial.id)) names.insert(trial.name);
  return names;
}

std::set<std::string> failed_points(const Session& session, const journal::RunRecord& before) {
  const journal::RunRecord record = journal::replay(session.directory);
  const auto failures = [](const journal::RunRecord& of, const std::string& id) {
    const auto found = of.trials.find(id);
    return found == of.trials.end() ? 0 : found->second.failures;
  };
  std::set<std::string> names;
  if (planning::halving_config(session.settings).rungs.empty()) return names;
  for (const planning::TrialSpec& trial : session.trials)
    if (is_compared(trial) && failures(record, trial.id) > failures(before, trial.id)) names.insert(trial.name);
  return names;
}

bool is_below(int rung, const planning::TrialSpec& trial, const journal::RunRecord& record) {
  if (!is_compared(trial)) return false;
  const auto found = record.trials.find(trial.id);
  const int64_t target = std::min<int64_t>(rung, trial.settings.integer("train.epochs"));
  return found == record.trials.end() || found->second.epoch < target;
}

void decide_rung(Session& session, int rung) {
  const journal::RunRecord record = journal::replay(session.directory);
  const std::set<std::string> dropped_before = dropped_points(session.settings, record);
  std::map<std::string, double> scores;
  if (const auto before = record.rungs.find(rung); before != record.rungs.end()) scores = before->second;
  std::vector<std::pair<std::string, double>> in_config_order;
  std::vector<std::string> fresh;
  for (const std::string& name : points_of(session)) {
    const bool known = scores.contains(name);
    if (!known && dropped_before.contains(name)) continue;  // by a lower rung
    const double score = score_of(rung, session, name, record);
    if (!std::isnan(score)) scores[name] = score;  // again of those that are known: there may be more folds now
    if (!scores.contains(name)) continue;
    if (!known) fresh.push_back(name);
    in_config_order.emplace_back(name, scores[name]);
  }
  if (fresh.empty()) return;
  const std::vector<std::string> best =
      planning::keep_best(in_config_order, planning::halving_config(session.settings).keep);
  std::vector<std::string> kept, dropped;
  for (const std::string& name : fresh)
    (std::find(best.begin(), best.end(), name) != best.end() ? kept : dropped).push_back(name);
  session.journal->rung(rung, scores, dropped);
  session.progress.note(fmt::format("halving  after {} epochs: on with {}{}{}", rung,
                                    kept.empty() ? "none of the new" : listed(kept, scores),
                                    dropped.empty() ? "" : "; dropped ", listed(dropped, scores)));
}

}  // namespace foldwave::jobs
