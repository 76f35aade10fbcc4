#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "foldwave/catalog/predictions.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/own_file.h"
#include "foldwave/experiment/calibration.h"
#include "foldwave/formats/csv.h"
#include "foldwave/models/backbones.h"
#include "foldwave/training/checkpoint.h"
#include "foldwave/training/training.h"
#include "foldwave/training/trial_files.h"
#include "jobs/commands.h"
#include "jobs/halving.h"
#include "jobs/session.h"
#include "jobs/trial_state.h"

namespace foldwave::jobs {
namespace {

double macro_f1_of(const planning::TrialSpec& trial, const std::filesystem::path& directory) {
  if (trial.fold == catalog::kAllRows) return std::nan("");
  return of_own_file([&] { return catalog::read_predictions(directory / "oof.h5"); },
                     "; remove it, and the trial is trained again")
      .macro_f1;
}

// A finished trial that no journal knows: that one was lost, not the trial, which says itself whether it is this one.
bool is_orphan(const planning::TrialSpec& trial, const std::filesystem::path& directory) {
  const auto network = directory / "final.safetensors";
  if (!std::filesystem::exists(network)) return false;
  const auto header = of_own_file([&] { return training::read_checkpoint_header(network); }, "; move it away");
  if (header.identity != trial.identity)
    throw SystemError(
        fmt::format("'{}' holds a finished trial that the journal knows nothing of, {}: move it away, or bring the "
                    "journal back",
                    directory.string(), header.identity.empty() ? "of who knows which settings" : "of other settings"));
  return true;
}

// What the same trial has left under another name: a value became an axis of the grid, or is none any more.
void take_from_twin(Session& session, const planning::TrialSpec& trial, const std::string& twin) {
  const auto directory = experiment::trial_directory(session.directory, trial.id);
  try {
    training::copy_outcome(experiment::trial_directory(session.directory, twin), directory, trial.name, trial.identity);
  } catch (const InputError& error) {
    session.progress.note(fmt::format("{} is the same as {}, but trained anew: {}", trial.id, twin, error.what()));
    return;
  }
  session.progress.note(fmt::format("train    {} is {} under another name", trial.id, twin));
}

// What a rung compares it by: the macro F1 behind each epoch, as the journal has it of `twin`, or its metrics.csv.
void tell_epochs(Session& session, const planning::TrialSpec& trial, const journal::TrialRecord* twin) {
  if (twin != nullptr && !twin->f1_of_epoch.empty()) {
    int epoch = 0;
    for (const double f1 : twin->f1_of_epoch) session.journal->trial_epoch(trial.id, ++epoch, f1);
    return;
  }
  const auto metrics = experiment::trial_directory(session.directory, trial.id) / "metrics.csv";
  if (!std::filesystem::exists(metrics)) return;
  const formats::CsvTable table = formats::read_csv(metrics);
  const auto epoch = table.column("epoch"), f1 = table.column("valid_macro_f1");
  if (!epoch || !f1) return;
  for (size_t row = 0; row < table.rows.size(); ++row)
    if (const std::string score(table.field(row, *f1)); !score.empty())
      session.journal->trial_epoch(trial.id, std::stoi(std::string(table.field(row, *epoch))), std::stod(score));
}

// On rank 0: journals what is planned; clears away what a trial with other settings left; takes as finished what was
// published just before a launch died, or is there under another name.
void bring_up_to_date(Session& session) {
  const journal::RunRecord record = journal::replay(session.directory);
  const std::map<std::string, std::string> twins = finished_by_identity(record);
  for (const planning::TrialSpec& trial : session.trials) {
    const journal::TrialRecord* known = known_of(trial, record);
    const auto directory = experiment::trial_directory(session.directory, trial.id);
    if (known == nullptr) {
      if (!is_orphan(trial, directory)) std::filesystem::remove_all(directory);
      session.journal->trial_planned(trial.id, trial.identity,
                                     static_cast<int>(trial.settings.integer("train.epochs")));
    }
    make_directories(directory);
    remove_abandoned(directory);
    if (!is_trained(session, trial)) std::filesystem::remove(directory / "test.h5");  // of a network that is gone
    if (known != nullptr && known->state == journal::TrialState::finished) continue;
    const auto twin = twins.find(trial.identity);
    if (twin != twins.end() && !is_trained(session, trial)) take_from_twin(session, trial, twin->second);
    if (!is_trained(session, trial)) continue;
    training::remove_states(directory);
    const double macro_f1 = macro_f1_of(trial, directory);
    if (known == nullptr || known->f1_of_epoch.empty())
      tell_epochs(session, trial, twin == twins.end() ? nullptr : &record.trials.at(twin->second));
    session.journal->trial_finished(trial.id, macro_f1, 0);
    if (is_predicted(session, trial)) session.journal->trial_predicted(trial.id);
  }
}

// On rank 0, [trials] of the layout too.
planning::Layout choose_layout(Session& session, const std::vector<planning::TrialSpec>& trials, int rung) {
  journal::RunRecord record_so_far = journal::replay(session.directory);
  const journal::LayoutRecord before = record_so_far.layouts[session.part.name()];
  const int by_hand = planning::ranks_per_trial_setting(session.settings);
  if (by_hand > session.world.size())
    session.progress.warn(fmt::format("{} = {}, but there are {} ranks: each trial is trained on all of them",
                                      session.settings.where("run.ranks_per_trial"), by_hand, session.world.size()));
  const auto kept = kept_layout(before, session.world.size(), by_hand, trials);
  if (kept && before.rung == rung) return *kept;  // those that a rung has left may share more ranks
  std::vector<int> node_of;
  for (const std::string& host : session.hosts)
    node_of.push_back(
        static_cast<int>(std::find(session.hosts.begin(), session.hosts.end(), host) - session.hosts.begin()));
  planning::Layout layout = planning::lay_out(demands_of(trials), node_of, by_hand);
  journal::LayoutRecord record{session.world.size(), layout.groups, {}, rung};
  for (size_t i = 0; i < trials.size(); ++i) record.ranks_of[trials[i].id] = layout.ranks_of[i];
  session.journal->layout(record);
  return layout;
}

// The same on all ranks. Collective.
planning::Layout agree_on_layout(Session& session, const std::vector<planning::TrialSpec>& trials, int rung) {
  const std::string chosen = comm::on_rank_0(session.world.all(), [&] {
    const planning::Layout layout = choose_layout(session, trials, rung);
    return nlohmann::json{{"groups", layout.groups}, {"ranks_of", layout.ranks_of}}.dump();
  });
  const auto json = nlohmann::json::parse(chosen);
  return {json["groups"], json["ranks_of"]};
}

// On rank 0: a run whose trials failed has failed, after all others were trained.
void report_failures(const Session& session) {
  const journal::RunRecord record = journal::replay(session.directory);
  const int64_t retries = session.settings.integer("run.retries");
  const std::set<std::string> hopeless = given_up(record, retries);
  size_t failed = 0, tried_again = 0;
  for (const planning::TrialSpec& trial : session.trials) {
    const auto& known = record.trials.at(trial.id);
    if (known.state != journal::TrialState::failed) continue;
    tried_again += hopeless.contains(trial.id) ? 0 : 1;
    ++failed;
    session.progress.say(LogLevel::error, fmt::format("failed   {} (try {} of {}): {}", trial.id, known.failures,
                                                      retries + 1, known.message));
  }
  if (failed == 0) return;
  throw SystemError(fmt::format("{} of {} trials failed; {}", failed, session.trials.size(),
                                tried_again > 0
                                    ? "the same command tries them again"
                                    : "run.retries allows no further try: raise it once they are mended, or go on "
                                      "without them by grid.exclude"));
}

// Of the kinds of trial that are still to do.
void measure_costs(Session& session, const store::FeatureStore& store) {
  const double seconds_each = session.settings.real("run.calibration_s");
  if (seconds_each == 0) return;
  const auto pending =
      pick(session, select_trials(session, [&](const auto& trial) { return !is_trained(session, trial); }));
  experiment::calibrate(experiment_of(session, store), pending, session.node, seconds_each);
}

// On rank 0. What train.precision = auto comes to for each model.
void say_precision(const Session& session) {
  std::map<std::string, std::set<std::string>> models;  // by precision
  const int device = training::choose_device(session.world.local_rank());
  for (const planning::TrialSpec& trial : session.trials) {
    if (!models::takes_mel(trial.model) || trial.settings.text("train.precision") != "auto") continue;
    const std::string trains = training::precision_of("auto", trial.model, device, training::Work::training),
                      predicts = training::precision_of("auto", trial.model, device, training::Work::prediction);
    models[trains == predicts ? trains : trains + ", predictions in " + predicts].insert(trial.model);
  }
  for (const auto& [precision, names] : models)
    session.progress.note(fmt::format("train    on this {} in {}: {} (train.precision = auto)",
                                      device < 0 ? "CPU" : "GPU", precision, fmt::join(names, ", ")));
}

// Trains what is still to do, each trial to its end or, where `rung` is not 0, for as many epochs. Returns how many
// trials there were. `without`: points of the grid that are left out, as rank 0 has them.
size_t train_pending(Session& session, const store::FeatureStore& store, int rung,
                     const std::set<std::string>& without) {
  journal::RunRecord record;
  std::set<std::string> hopeless, out;  // trials; points of the grid
  if (session.is_rank_0()) {
    record = journal::replay(session.directory);
    hopeless = given_up(record, session.settings.integer("run.retries"));
    out = dropped_points(session.settings, record);
    out.merge(halted_points(session, hopeless));
    out.insert(without.begin(), without.end());
  }
  const auto pending = pick(session, select_trials(session, [&](const planning::TrialSpec& trial) {
                              return !is_trained(session, trial) && !hopeless.contains(trial.id) &&
                                     !out.contains(trial.name) && (rung == 0 || is_below(rung, trial, record));
                            }));
  if (pending.empty()) return 0;
  const std::vector<planning::TrialSpec> ordered = in_order_of_hand_out(pending);
  experiment::train_trials(experiment_of(session, store), ordered, agree_on_layout(session, ordered, rung), rung);
  return pending.size();
}

void on_rank_0(const Session& session, const std::function<void()>& task) {
  comm::on_rank_0(session.world.all(), [&] {
    task();
    return std::string();
  });
}

}  // namespace

void train(Session& session) {
  session.stage("train", [&] {
    const store::FeatureStore store = open_near_store(session);
    on_rank_0(session, [&] {
      bring_up_to_date(session);
      say_precision(session);
    });
    measure_costs(session, store);
    std::set<std::string> failed;  // points of the grid, in this launch: the next one tries them again
    const std::vector<int> rungs = planning::halving_config(session.settings).rungs;
    journal::RunRecord before;
    if (session.is_rank_0() && !rungs.empty()) before = journal::replay(session.directory);
    for (const int rung : rungs) {
      train_pending(session, store, rung, failed);
      on_rank_0(session, [&] {
        failed = failed_points(session, before);
        decide_rung(session, rung);
      });
    }
    const size_t trained = train_pending(session, store, 0, failed);
    on_rank_0(session, [&] { report_failures(session); });
    const size_t there = select_trials(session, [&](const auto& trial) { return is_trained(session, trial); }).size();
    const size_t dropped = session.trials.size() - there;  // none has failed
    return fmt::format("{} trials trained, {} were there{}", trained, there - std::min(there, trained),
                       dropped > 0 ? fmt::format(", {} dropped", dropped) : "");
  });
}

void train_command(const Call& call) { in_shared_session(call, {train}); }

}  // namespace foldwave::jobs
