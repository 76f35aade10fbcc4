#include <fmt/format.h>

#include "foldwave/journal/journal.h"
#include "jobs/commands.h"
#include "jobs/session.h"

namespace foldwave::jobs {
namespace {

const char* name_of(journal::TrialState state) {
  switch (state) {
    case journal::TrialState::pending: return "pending";
    case journal::TrialState::running: return "begun";
    case journal::TrialState::finished: return "finished";
    case journal::TrialState::failed: return "failed";
  }
  return "?";
}

}  // namespace

void plan_command(const Call& call) {
  if (call.world != nullptr && call.world->rank() != 0) return;
  const catalog::Catalog catalog = catalog::read_catalog(catalog::catalog_config(call.settings));
  const catalog::Folds folds = catalog::make_folds(catalog, catalog::fold_config(call.settings));
  for (const std::string& warning : folds.warnings) call.progress.note("warning: " + warning);
  const auto trials = planned_trials(call.settings, catalog, folds);
  const journal::RunRecord record =
      call.settings.text("run.dir").empty() ? journal::RunRecord{} : journal::replay(run_directory(call.settings));
  size_t finished = 0;
  for (const planning::TrialSpec& trial : trials) {
    const auto found = record.trials.find(trial.id);
    const bool same = found != record.trials.end() && found->second.identity == trial.identity;
    const journal::TrialState state = same ? found->second.state : journal::TrialState::pending;
    if (state == journal::TrialState::finished) ++finished;
    fmt::print("{:<10}{:<60}{:>5} epochs\n", name_of(state), trial.id, trial.settings.integer("train.epochs"));
  }
  fmt::print("\n{} trials, {} finished; {} training and {} test songs, {} classes, {} folds\n", trials.size(), finished,
             catalog.train.size(), catalog.test.size(), catalog.classes(), folds.count);
}

}  // namespace foldwave::jobs
