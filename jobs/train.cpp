#include <fmt/format.h>

#include <cmath>

#include "foldwave/catalog/predictions.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/experiment/experiment.h"
#include "foldwave/models/backbones.h"
#include "jobs/commands.h"
#include "jobs/session.h"
#include "jobs/trial_state.h"

namespace foldwave::jobs {
namespace {

double cost(const planning::TrialSpec& trial) {
  return models::relative_cost(trial.model) * static_cast<double>(trial.settings.integer("train.epochs"));
}

double macro_f1_of(const planning::TrialSpec& trial, const std::filesystem::path& directory) {
  return trial.fold == catalog::kAllRows ? std::nan("") : catalog::read_predictions(directory / "oof.h5").macro_f1;
}

// On rank 0: journals what is planned; clears away what a trial with other settings left; takes as finished what was
// published just before a launch died.
void bring_up_to_date(Session& session) {
  const journal::RunRecord record = journal::replay(session.directory);
  for (const planning::TrialSpec& trial : session.trials) {
    const auto found = record.trials.find(trial.id);
    const bool same = found != record.trials.end() && found->second.identity == trial.identity;
    const auto directory = experiment::trial_directory(session.directory, trial.id);
    if (!same) {
      std::filesystem::remove_all(directory);
      session.journal->trial_planned(trial.id, trial.identity,
                                     static_cast<int>(trial.settings.integer("train.epochs")));
    }
    make_directories(directory);
    remove_abandoned(directory);
    if (same && found->second.state != journal::TrialState::finished && is_trained(session, trial))
      session.journal->trial_finished(trial.id, macro_f1_of(trial, directory), 0);
  }
}

// The group size of an earlier launch on as many ranks is kept, so that its trials end with the same bytes.
planning::Layout choose_layout(Session& session, int trials_to_do) {
  const std::string size = comm::on_rank_0(session.world.all(), [&] {
    const journal::RunRecord record = journal::replay(session.directory);
    int wanted = planning::ranks_per_trial_setting(session.settings);
    if (wanted == 0 && record.layout_ranks == session.world.size()) wanted = record.ranks_per_trial;
    const int chosen = planning::lay_out(trials_to_do, session.world.size(), wanted).ranks_per_trial;
    session.journal->layout(session.world.size(), chosen);
    return std::to_string(chosen);
  });
  return planning::lay_out(trials_to_do, session.world.size(), std::stoi(size));
}

// On rank 0: a run whose trials failed has failed, after all others were trained.
void report_failures(const Session& session) {
  const journal::RunRecord record = journal::replay(session.directory);
  std::vector<std::string> failed;
  for (const planning::TrialSpec& trial : session.trials) {
    const auto& known = record.trials.at(trial.id);
    if (known.state == journal::TrialState::failed) failed.push_back(fmt::format("{}: {}", trial.id, known.message));
  }
  if (!failed.empty())
    throw SystemError(
        fmt::format("{} of {} trials failed; the first, {}", failed.size(), session.trials.size(), failed.front()));
}

}  // namespace

void train(Session& session) {
  session.stage("train", [&] {
    const store::FeatureStore store = open_store(session);
    comm::on_rank_0(session.world.all(), [&] {
      bring_up_to_date(session);
      return std::string();
    });
    const std::vector<planning::TrialSpec> pending =
        pick(session, select_trials(session, [&](const auto& trial) { return !is_trained(session, trial); }));
    if (!pending.empty()) {
      std::vector<planning::TrialSpec> ordered;
      for (const int number : planning::biggest_first(pending, cost))
        ordered.push_back(pending[static_cast<size_t>(number)]);
      const planning::Layout layout = choose_layout(session, static_cast<int>(ordered.size()));
      experiment::train_trials({session.directory, session.catalog, session.folds, store, session.world,
                                session.threads, session.journal ? &*session.journal : nullptr, session.progress},
                               ordered, layout);
    }
    comm::on_rank_0(session.world.all(), [&] {
      report_failures(session);
      return std::string();
    });
    return fmt::format("{} trials trained, {} were there", pending.size(), session.trials.size() - pending.size());
  });
}

void train_command(const Call& call) { in_session(call, {train}); }

}  // namespace foldwave::jobs
