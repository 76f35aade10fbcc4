#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "foldwave/core/errors.h"
#include "foldwave/core/own_file.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/experiment/alike.h"
#include "foldwave/experiment/experiment.h"
#include "foldwave/experiment/test_table.h"
#include "jobs/commands.h"
#include "jobs/halving.h"
#include "jobs/planned_trials.h"
#include "jobs/session.h"
#include "jobs/trial_state.h"

namespace foldwave::jobs {
namespace {

// The training rows that OOF predictions can be asked for.
struct StackRows {
  std::vector<std::string> id;
  std::vector<int> fold, group;
};

// Those of the chosen folds and, where trials of this run are stacked, of usable audio.
StackRows rows_to_stack(const Session& session, const store::FeatureStore* store) {
  const std::vector<int> chosen = chosen_folds(session.settings, session.folds);
  StackRows rows;
  for (size_t row = 0; row < session.catalog.train.size(); ++row) {
    const std::string& id = session.catalog.tracks[static_cast<size_t>(session.catalog.train[row])].id;
    if (store != nullptr && store->find(id) < 0) continue;
    if (!std::binary_search(chosen.begin(), chosen.end(), session.folds.fold[row])) continue;
    rows.id.push_back(id);
    rows.fold.push_back(session.folds.fold[row]);
    if (!session.catalog.group.empty()) rows.group.push_back(session.catalog.group[row]);
  }
  return rows;
}

// The folds of one point of the grid with one seed, and its fit on all rows.
using Trials = std::vector<const planning::TrialSpec*>;

// By point of the grid, in config order, then by seed. Refuses those that are not ready.
std::vector<std::vector<Trials>> trials_to_stack(const Session& session) {
  const std::set<std::string> dropped = dropped_points(session.settings, journal::replay(session.directory));
  std::vector<std::vector<Trials>> points;
  for (const planning::TrialSpec& trial : session.trials) {
    if (dropped.contains(trial.name)) continue;
    if (!is_trained(session, trial))
      throw InputError(fmt::format("trial {} is not trained: run 'foldwave train' first", trial.id));
    if (!session.catalog.test.empty() && !is_predicted(session, trial))
      throw InputError(fmt::format("trial {} has no test predictions: run 'foldwave predict' first", trial.id));
    if (points.empty() || points.back().front().front()->name != trial.name) points.push_back({{}});
    std::vector<Trials>& seeds = points.back();
    if (!seeds.back().empty() && seeds.back().front()->seed != trial.seed) seeds.emplace_back();
    seeds.back().push_back(&trial);
  }
  return points;
}

// One seed's model: what its folds have left, put together.
ensemble::ModelPredictions gathered(const Session& session, const Trials& folds, const StackRows& rows) {
  std::vector<catalog::PredictionTable> oof, test;
  const auto own = [](const std::filesystem::path& path, const char* mended_by) {
    return of_own_file([&] { return catalog::read_predictions(path); },
                       fmt::format("; remove it, and 'foldwave {}' makes it anew", mended_by));
  };
  for (const planning::TrialSpec* trial : folds) {
    const auto directory = experiment::trial_directory(session.directory, trial->id);
    if (trial->fold != catalog::kAllRows) oof.push_back(own(directory / "oof.h5", "train"));
    if (!session.catalog.test.empty()) test.push_back(own(directory / "test.h5", "predict"));
  }
  return ensemble::gather(oof, test, rows.id, ids_of(session.catalog, session.catalog.test));
}

std::vector<ensemble::ModelPredictions> own_models(const Session& session, const StackRows& rows) {
  std::vector<ensemble::ModelPredictions> models;
  for (const std::vector<Trials>& point : trials_to_stack(session)) {
    std::vector<ensemble::ModelPredictions> seeds;
    for (const Trials& folds : point) seeds.push_back(gathered(session, folds, rows));
    models.push_back(ensemble::average(seeds));
    models.back().oof.model = models.back().test.model = point.front().front()->name;
    models.back().oof.augment = models.back().test.augment = "";
    for (const Trials& folds : point)
      for (const planning::TrialSpec* trial : folds) models.back().trials.push_back(trial->id);
  }
  return models;
}

ensemble::StackOutcome stacked(const Session& session, const std::vector<ensemble::ModelPredictions>& models,
                               const StackRows& rows, const ensemble::StackConfig& config,
                               const store::FeatureStore* store) {
  if (config.neighbours == 0) return ensemble::stack(models, rows.fold, rows.group, config);
  if (store == nullptr)
    throw InputError(session.settings.where("stack.neighbours") +
                     " compares songs by this run's features, which it opens where it has trained a model itself");
  const experiment::AlikeSongs alike(*store, config.neighbours);
  return ensemble::stack(models, rows.fold, rows.group, config, alike.of(rows.id, rows.fold),
                         alike.of(ids_of(session.catalog, session.catalog.test)));
}

// The run's own trials, where it has a store, and the models of other programs.
std::string stack_models(const Session& session, const ensemble::StackConfig& config,
                         const store::FeatureStore* store) {
  const StackRows rows = rows_to_stack(session, store);
  std::vector<ensemble::ModelPredictions> models;
  if (store != nullptr) models = own_models(session, rows);
  for (ensemble::ModelPredictions& model : ensemble::read_outside(config, session.catalog, session.folds, rows.id,
                                                                  ids_of(session.catalog, session.catalog.test)))
    models.push_back(std::move(model));
  ensemble::StackOutcome outcome = stacked(session, models, rows, config, store);
  // Of what nobody has heard a combination would make something else than the prior that all have said.
  if (config.inputs.empty() && store != nullptr)
    experiment::put_prior(outcome.test, *store, experiment::class_prior(session.catalog, *store));
  ensemble::write_ensemble(session.directory / "ensemble", session.catalog, outcome, models);
  return fmt::format("{} makes the submission: {}", outcome.chosen, outcome.reason);
}

std::string stack_on_rank_0(const Session& session) {
  const ensemble::StackConfig config = ensemble::stack_config(session.settings);
  // Where there are models from elsewhere, this run need not have any of its own.
  const bool own = config.inputs.empty() ||
                   std::any_of(session.trials.begin(), session.trials.end(),
                               [&](const planning::TrialSpec& trial) { return is_trained(session, trial); });
  if (!own) return stack_models(session, config, nullptr);
  const store::FeatureStore store = open_store(session);
  return stack_models(session, config, &store);
}

}  // namespace

void stack(Session& session) {
  session.stage("stack",
                [&] { return comm::on_rank_0(session.world.all(), [&] { return stack_on_rank_0(session); }); });
}

void stack_command(const Call& call) { in_session(call, {stack}); }

}  // namespace foldwave::jobs
