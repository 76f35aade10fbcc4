#include "experiment/set_up.h"

namespace foldwave::experiment {
namespace {

// Songs of some training rows that are in the store: a file that could not be used trains nobody.
void collect(const Experiment& experiment, const std::vector<int>& rows, batches::Songs& songs,
             std::vector<std::string>* ids) {
  for (const int row : rows) {
    const std::string& id =
        experiment.catalog.tracks[static_cast<size_t>(experiment.catalog.train[static_cast<size_t>(row)])].id;
    const int track = experiment.store.find(id);
    if (track < 0) continue;
    songs.track.push_back(track);
    songs.label.push_back(experiment.catalog.label[static_cast<size_t>(row)]);
    if (ids != nullptr) ids->push_back(id);
  }
}

}  // namespace

training::TrialSetup set_up(const Experiment& experiment, const planning::TrialSpec& trial, int until_epoch,
                            const std::function<void(const std::string&)>& note) {
  training::TrialSetup setup{trial.model,
                             trial.augment,
                             trial.settings,
                             augment::augment_config(trial.settings, trial.augment),
                             trial.seed,
                             trial.fold,
                             trial_directory(experiment.run_directory, trial.id),
                             {},
                             {},
                             {},
                             experiment.catalog.class_ids,
                             note,
                             until_epoch,
                             trial.name,
                             trial.identity};
  if (trial.settings.integer("train.threads") == 0)
    setup.settings.set("train.threads", std::to_string(experiment.threads), "launch");
  collect(experiment, experiment.folds.training_rows(trial.fold), setup.train, nullptr);
  collect(experiment, experiment.folds.validation_rows(trial.fold), setup.valid, &setup.valid_ids);
  return setup;
}

}  // namespace foldwave::experiment
