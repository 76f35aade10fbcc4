#include "foldwave/catalog/predictions.h"
#include "foldwave/comm/share_work.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/own_file.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/experiment/experiment.h"
#include "foldwave/training/training.h"

namespace foldwave::experiment {
namespace {

// A test song whose audio could not be used gets the training labels' shares, so that the submission stays complete.
std::vector<float> class_prior(const catalog::Catalog& catalog) {
  std::vector<float> prior(static_cast<size_t>(catalog.classes()), 0);
  for (const int label : catalog.label)
    prior[static_cast<size_t>(label)] += 1.0F / static_cast<float>(catalog.label.size());
  return prior;
}

void predict_trial(const Experiment& experiment, const planning::TrialSpec& trial) {
  const catalog::Catalog& catalog = experiment.catalog;
  const auto directory = trial_directory(experiment.run_directory, trial.id);
  const training::TrainConfig config = training::train_config(trial.settings);
  std::vector<int> tracks;
  for (const int track : catalog.test) {
    const int stored = experiment.store.find(catalog.tracks[static_cast<size_t>(track)].id);
    if (stored >= 0) tracks.push_back(stored);
  }
  const auto how = training::ask_config(config, augment::augment_config(trial.settings, trial.augment), trial.seed);
  const std::vector<float> known = of_own_file([&] {
    return training::predict(directory / "final.safetensors", experiment.store, tracks, how,
                             config.threads > 0 ? config.threads : experiment.threads,
                             training::choose_device(experiment.world.local_rank()));
  });
  const std::vector<float> prior = class_prior(catalog);
  catalog::PredictionTable table{trial.model,
                                 trial.augment,
                                 trial.seed,
                                 trial.fold,
                                 0,
                                 {},
                                 std::vector<int>(catalog.test.size(), -1),
                                 catalog.classes(),
                                 {}};
  auto next = known.begin();
  for (const int track : catalog.test) {
    const std::string& id = catalog.tracks[static_cast<size_t>(track)].id;
    const bool usable = experiment.store.find(id) >= 0;
    table.song_id.push_back(id);
    table.probability.insert(table.probability.end(), usable ? next : prior.begin(),
                             usable ? next + catalog.classes() : prior.end());
    if (usable) next += catalog.classes();
  }
  remove_abandoned(directory);  // of a launch that was killed while it wrote them
  catalog::write_predictions(directory / "test.h5", table);
}

}  // namespace

void predict_trials(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials) {
  const int total = static_cast<int>(trials.size());
  int done = 0;
  if (experiment.world.rank() == 0) experiment.progress.update({"predict", "trials", 0, total, ""});
  const auto work = [&](int item) {
    Whereabouts::say("predict, " + trials[static_cast<size_t>(item)].id);
    predict_trial(experiment, trials[static_cast<size_t>(item)]);
    return std::string();
  };
  const auto on_outcome = [&](int item, int, const std::string&) {
    const std::string& id = trials[static_cast<size_t>(item)].id;
    experiment.journal->trial_predicted(id);
    experiment.progress.update({"predict", "trials", ++done, total, id});
  };
  if (comm::share_work(experiment.world.all(), total, work, on_outcome) < total)
    throw Stopped("stopped while predicting; what was predicted is kept");
}

}  // namespace foldwave::experiment
