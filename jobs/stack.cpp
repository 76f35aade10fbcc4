#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "foldwave/core/errors.h"
#include "foldwave/core/own_file.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/experiment/experiment.h"
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

// Those of the chosen folds.
StackRows rows_to_stack(const Session& session, const std::function<bool(const std::string& id)>& usable) {
  const std::vector<int> chosen = chosen_folds(session.settings, session.folds);
  StackRows rows;
  for (size_t row = 0; row < session.catalog.train.size(); ++row) {
    const std::string& id = session.catalog.tracks[static_cast<size_t>(session.catalog.train[row])].id;
    if (!usable(id) || !std::binary_search(chosen.begin(), chosen.end(), session.folds.fold[row])) continue;
    rows.id.push_back(id);
    rows.fold.push_back(session.folds.fold[row]);
    if (!session.catalog.group.empty()) rows.group.push_back(session.catalog.group[row]);
  }
  return rows;
}

StackRows rows_of_usable_audio(const Session& session) {
  const store::FeatureStore store = open_store(session);
  return rows_to_stack(session, [&](const std::string& id) { return store.find(id) >= 0; });
}

std::vector<std::string> test_ids(const catalog::Catalog& catalog) {
  std::vector<std::string> ids;
  for (const int track : catalog.test) ids.push_back(catalog.tracks[static_cast<size_t>(track)].id);
  return ids;
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
  const auto own = [](const std::filesystem::path& path) {
    return of_own_file([&] { return catalog::read_predictions(path); });
  };
  for (const planning::TrialSpec* trial : folds) {
    const auto directory = experiment::trial_directory(session.directory, trial->id);
    if (trial->fold != catalog::kAllRows) oof.push_back(own(directory / "oof.h5"));
    if (!session.catalog.test.empty()) test.push_back(own(directory / "test.h5"));
  }
  return ensemble::gather(oof, test, rows.id, test_ids(session.catalog));
}

std::vector<ensemble::ModelPredictions> own_models(const Session& session, const StackRows& rows) {
  std::vector<ensemble::ModelPredictions> models;
  for (const std::vector<Trials>& point : trials_to_stack(session)) {
    std::vector<ensemble::ModelPredictions> seeds;
    for (const Trials& folds : point) seeds.push_back(gathered(session, folds, rows));
    models.push_back(ensemble::average(seeds));
    models.back().oof.model = models.back().test.model = point.front().front()->name;
    models.back().oof.augment = models.back().test.augment = "";
  }
  return models;
}

// OOF predictions of other programs, under the names of their scores, for the report: the run's own lie in trials/.
void write_outside_models(const std::filesystem::path& directory, const std::vector<ensemble::ModelPredictions>& models,
                          size_t own_count, const ensemble::StackOutcome& outcome) {
  for (size_t number = 0; std::filesystem::remove(directory / fmt::format("outside-{}.h5", number)); ++number) {
  }
  for (size_t i = own_count; i < models.size(); ++i) {
    catalog::PredictionTable table = models[i].oof;
    table.model = outcome.scores[i].name, table.augment.clear();
    catalog::write_predictions(directory / fmt::format("outside-{}.h5", i - own_count), table);
  }
}

std::string stack_on_rank_0(const Session& session) {
  const ensemble::StackConfig config = ensemble::stack_config(session.settings);
  // Where there are models from elsewhere, this run need not have any of its own.
  const bool own = config.inputs.empty() ||
                   std::any_of(session.trials.begin(), session.trials.end(),
                               [&](const planning::TrialSpec& trial) { return is_trained(session, trial); });
  const StackRows rows =
      own ? rows_of_usable_audio(session) : rows_to_stack(session, [](const std::string&) { return true; });
  std::vector<ensemble::ModelPredictions> models;
  if (own) models = own_models(session, rows);
  const size_t own_count = models.size();
  for (ensemble::ModelPredictions& model :
       ensemble::read_outside(config, session.catalog, session.folds, rows.id, test_ids(session.catalog)))
    models.push_back(std::move(model));
  ensemble::StackOutcome outcome = ensemble::stack(models, rows.fold, rows.group, config);
  // Of what nobody has heard a combination would make something else than the prior that all have said.
  if (config.inputs.empty() && !session.catalog.test.empty())
    experiment::put_prior(outcome.test, open_store(session), experiment::class_prior(session.catalog));
  ensemble::write_ensemble(session.directory / "ensemble", session.catalog, outcome, models);
  write_outside_models(session.directory / "ensemble", models, own_count, outcome);
  return fmt::format("{} makes the submission: {}", outcome.chosen, outcome.reason);
}

}  // namespace

void stack(Session& session) {
  session.stage("stack",
                [&] { return comm::on_rank_0(session.world.all(), [&] { return stack_on_rank_0(session); }); });
}

void stack_command(const Call& call) { in_session(call, {stack}); }

}  // namespace foldwave::jobs
