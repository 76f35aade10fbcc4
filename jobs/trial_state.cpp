#include "jobs/trial_state.h"

#include <algorithm>
#include <sstream>

#include "foldwave/comm/gpus.h"
#include "foldwave/models/backbones.h"

namespace foldwave::jobs {
namespace {

// Of all its epochs; 1: an epoch of resnet18.
double relative_cost(const planning::TrialSpec& trial) {
  return models::relative_cost(trial.model) * static_cast<double>(trial.settings.integer("train.epochs"));
}

}  // namespace

std::vector<int> select_trials(const Session& session, const std::function<bool(const planning::TrialSpec&)>& wanted) {
  const std::string text = comm::on_rank_0(session.world.all(), [&] {
    std::string numbers;
    for (size_t i = 0; i < session.trials.size(); ++i)
      if (wanted(session.trials[i])) numbers += std::to_string(i) + " ";
    return numbers;
  });
  std::istringstream stream(text);
  std::vector<int> numbers;
  for (int number = 0; stream >> number;) numbers.push_back(number);
  return numbers;
}

std::vector<planning::TrialSpec> pick(const Session& session, const std::vector<int>& numbers) {
  std::vector<planning::TrialSpec> trials;
  for (const int number : numbers) trials.push_back(session.trials[static_cast<size_t>(number)]);
  return trials;
}

bool is_trained(const Session& session, const planning::TrialSpec& trial) {
  const auto directory = experiment::trial_directory(session.directory, trial.id);
  return std::filesystem::exists(directory / "final.safetensors") &&
         (trial.fold == catalog::kAllRows || std::filesystem::exists(directory / "oof.h5"));
}

bool is_predicted(const Session& session, const planning::TrialSpec& trial) {
  return std::filesystem::exists(experiment::trial_directory(session.directory, trial.id) / "test.h5");
}

const journal::TrialRecord* known_of(const planning::TrialSpec& trial, const journal::RunRecord& record) {
  const auto found = record.trials.find(trial.id);
  return found != record.trials.end() && found->second.identity == trial.identity ? &found->second : nullptr;
}

std::map<std::string, std::string> finished_by_identity(const journal::RunRecord& record) {
  std::map<std::string, std::string> ids;
  for (const auto& [id, trial] : record.trials)
    if (trial.state == journal::TrialState::finished) ids.emplace(trial.identity, id);
  return ids;
}

std::set<std::string> given_up(const journal::RunRecord& record, int64_t retries) {
  std::set<std::string> ids;
  for (const auto& [id, trial] : record.trials)
    if (trial.state == journal::TrialState::failed && trial.failures > retries) ids.insert(id);
  return ids;
}

std::vector<planning::TrialSpec> in_order_of_hand_out(const std::vector<planning::TrialSpec>& trials) {
  std::vector<planning::TrialSpec> ordered;
  for (const int number : planning::biggest_first(trials, relative_cost))
    ordered.push_back(trials[static_cast<size_t>(number)]);
  return ordered;
}

std::vector<planning::Demand> demands_of(const std::vector<planning::TrialSpec>& trials) {
  std::vector<planning::Demand> demands;
  for (const planning::TrialSpec& trial : trials) {
    const int64_t batch = trial.settings.integer("train.batch"),
                  of_a_part = batch / std::min(batch, trial.settings.integer("train.accumulate"));
    demands.push_back({relative_cost(trial), models::is_shallow(trial.model) ? 1 : static_cast<int>(of_a_part)});
  }
  return demands;
}

std::optional<planning::Layout> kept_layout(const journal::LayoutRecord& before, int ranks, int ranks_per_trial,
                                            const std::vector<planning::TrialSpec>& trials) {
  if (ranks_per_trial != 0 || before.world_size != ranks) return std::nullopt;
  planning::Layout layout{before.groups, {}};
  for (const planning::TrialSpec& trial : trials) {
    const auto place = before.ranks_of.find(trial.id);
    if (place == before.ranks_of.end()) return std::nullopt;
    layout.ranks_of.push_back(place->second);
  }
  return layout;
}

experiment::Experiment experiment_of(Session& session, const store::FeatureStore& store) {
  return {session.directory,
          session.catalog,
          session.folds,
          store,
          session.world,
          session.threads,
          session.journal ? &*session.journal : nullptr,
          session.progress,
          session.hosts,
          comm::deadlines(session.settings)};
}

}  // namespace foldwave::jobs
