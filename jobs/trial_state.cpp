#include "jobs/trial_state.h"

#include <sstream>

#include "foldwave/experiment/experiment.h"
#include "foldwave/models/backbones.h"

namespace foldwave::jobs {

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

double relative_cost(const planning::TrialSpec& trial) {
  return models::relative_cost(trial.model) * static_cast<double>(trial.settings.integer("train.epochs"));
}

planning::Demand demand_of(const planning::TrialSpec& trial) {
  return {relative_cost(trial),
          models::is_shallow(trial.model) ? 1 : static_cast<int>(trial.settings.integer("train.batch"))};
}

bool is_trained(const Session& session, const planning::TrialSpec& trial) {
  const auto directory = experiment::trial_directory(session.directory, trial.id);
  return std::filesystem::exists(directory / "final.safetensors") &&
         (trial.fold == catalog::kAllRows || std::filesystem::exists(directory / "oof.h5"));
}

bool is_predicted(const Session& session, const planning::TrialSpec& trial) {
  return std::filesystem::exists(experiment::trial_directory(session.directory, trial.id) / "test.h5");
}

}  // namespace foldwave::jobs
