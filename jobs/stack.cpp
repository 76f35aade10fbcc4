#include <fmt/format.h>

#include <algorithm>

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

// The training rows that the chosen folds cover and whose audio was usable: what OOF predictions can be asked for.
struct StackRows {
  std::vector<std::string> id;
  std::vector<int> fold, group;
};

StackRows rows_to_stack(const Session& session, const store::FeatureStore& store) {
  const std::vector<int> chosen = chosen_folds(session.settings, session.folds);
  StackRows rows;
  for (size_t row = 0; row < session.catalog.train.size(); ++row) {
    const std::string& id = session.catalog.tracks[static_cast<size_t>(session.catalog.train[row])].id;
    if (store.find(id) < 0 || !std::binary_search(chosen.begin(), chosen.end(), session.folds.fold[row])) continue;
    rows.id.push_back(id);
    rows.fold.push_back(session.folds.fold[row]);
    if (!session.catalog.group.empty()) rows.group.push_back(session.catalog.group[row]);
  }
  return rows;
}

// One point of the grid with one seed, all its folds' tables; `test` has that of the fit on all rows too.
struct FoldTables {
  std::string name;  // of the point of the grid: "resnet18+specaugment"
  int64_t seed;
  std::vector<catalog::PredictionTable> oof, test;
};

catalog::PredictionTable own_predictions(const std::filesystem::path& path) {
  return of_own_file([&] { return catalog::read_predictions(path); });
}

std::vector<FoldTables> read_tables(const Session& session) {
  const std::set<std::string> dropped = dropped_points(session.settings, journal::replay(session.directory));
  std::vector<FoldTables> all;
  for (const planning::TrialSpec& trial : session.trials) {
    if (dropped.contains(trial.name)) continue;
    if (!is_trained(session, trial))
      throw InputError(fmt::format("trial {} is not trained: run 'foldwave train' first", trial.id));
    if (!session.catalog.test.empty() && !is_predicted(session, trial))
      throw InputError(fmt::format("trial {} has no test predictions: run 'foldwave predict' first", trial.id));
    if (all.empty() || all.back().name != trial.name || all.back().seed != trial.seed)
      all.push_back({trial.name, trial.seed, {}, {}});
    const auto directory = experiment::trial_directory(session.directory, trial.id);
    if (trial.fold != catalog::kAllRows) all.back().oof.push_back(own_predictions(directory / "oof.h5"));
    if (!session.catalog.test.empty()) all.back().test.push_back(own_predictions(directory / "test.h5"));
  }
  return all;
}

std::string stack_on_rank_0(const Session& session) {
  const store::FeatureStore store = open_store(session);
  const StackRows rows = rows_to_stack(session, store);
  std::vector<std::string> test_ids;
  for (const int track : session.catalog.test)
    test_ids.push_back(session.catalog.tracks[static_cast<size_t>(track)].id);
  std::vector<std::pair<std::string, std::vector<ensemble::ModelPredictions>>> seeds_of;  // in config order
  for (const FoldTables& tables : read_tables(session)) {
    if (seeds_of.empty() || seeds_of.back().first != tables.name) seeds_of.push_back({tables.name, {}});
    seeds_of.back().second.push_back(ensemble::gather(tables.oof, tables.test, rows.id, test_ids));
  }
  std::vector<ensemble::ModelPredictions> models;
  for (const auto& [name, seeds] : seeds_of) {
    models.push_back(ensemble::average(seeds));
    models.back().oof.model = models.back().test.model = name;
    models.back().oof.augment = models.back().test.augment = "";
  }
  const ensemble::StackOutcome outcome =
      ensemble::stack(models, rows.fold, rows.group, ensemble::stack_config(session.settings));
  ensemble::write_ensemble(session.directory / "ensemble", session.catalog, outcome, models);
  return fmt::format("{} makes the submission: {}", outcome.chosen, outcome.reason);
}

}  // namespace

void stack(Session& session) {
  session.stage("stack", [&] {
    const std::string outcome = comm::on_rank_0(session.world.all(), [&] { return stack_on_rank_0(session); });
    session.progress.note("stack    " + outcome);
    return outcome;
  });
}

void stack_command(const Call& call) { in_session(call, {stack}); }

}  // namespace foldwave::jobs
