#include "foldwave/catalog/predictions.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/own_file.h"
#include "foldwave/experiment/ask.h"
#include "foldwave/experiment/experiment.h"
#include "foldwave/experiment/test_table.h"
#include "foldwave/training/training.h"

namespace foldwave::experiment {
namespace {

Question question_of(const Experiment& experiment, const planning::TrialSpec& trial) {
  const training::TrainConfig config = training::train_config(trial.settings);
  return {trial_directory(experiment.run_directory, trial.id) / "final.safetensors",
          training::ask_config(config, augment::augment_config(trial.settings, trial.augment), trial.seed), trial.id,
          config.threads > 0 ? config.threads : experiment.threads};
}

}  // namespace

void predict_trials(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials) {
  std::vector<Question> questions;
  for (const planning::TrialSpec& trial : trials) questions.push_back(question_of(experiment, trial));
  const std::vector<float> prior = class_prior(experiment.catalog, experiment.store);
  const auto on_answer = [&](int number, const std::vector<float>& probability) {
    const planning::TrialSpec& trial = trials[static_cast<size_t>(number)];
    catalog::PredictionTable table = complete_test_table(experiment.catalog, experiment.store, probability, prior);
    table.model = trial.model, table.augment = trial.augment, table.seed = trial.seed, table.fold = trial.fold;
    const auto directory = trial_directory(experiment.run_directory, trial.id);
    remove_abandoned(directory);  // of a launch that was killed while it wrote them
    catalog::write_predictions(directory / "test.h5", table);
    experiment.journal->trial_predicted(trial.id);
  };
  of_own_file(
      [&] {
        ask_networks(experiment.world, experiment.store, usable_test_tracks(experiment.catalog, experiment.store),
                     questions, experiment.progress, on_answer);
        return 0;
      },
      "; remove it, and 'foldwave train' makes it anew");
}

}  // namespace foldwave::experiment
