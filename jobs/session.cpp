#include "jobs/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"
#include "foldwave/core/log.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/core/words.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/experiment/calibration.h"
#include "foldwave/models/backbones.h"
#include "foldwave/models/pretrained.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/training/checkpoint.h"
#include "foldwave/training/training.h"
#include "jobs/halving.h"
#include "jobs/planned_trials.h"
#include "jobs/refusals.h"
#include "jobs/trial_state.h"
#include "jobs/versions.h"
#include "jobs/world_check.h"

namespace foldwave::jobs {
namespace {

// What is said on the way out must not hide why.
void last_words(const std::function<void()>& say) {
  try {
    say();
  } catch (const Error&) {
    // The journal is as full as what was written before it.
  }
}

// The last launch before this one that had its place: its part of the run, or all of it.
const journal::LaunchRecord* last_in(const Part& part, const journal::RunRecord& record) {
  const auto found =
      std::find_if(record.launches.rbegin(), record.launches.rend(),
                   [&](const journal::LaunchRecord& launch) { return part.alone || launch.part == part.name(); });
  return found == record.launches.rend() ? nullptr : &*found;
}

// How it died, where it did: what the lease tells of it, and which of its ranks was the first.
std::string death_of(const journal::LaunchRecord* last, const journal::Lease& lease, const journal::RunRecord& record) {
  const bool known = last != nullptr && last->ending != "done";
  const std::string lost = known ? journal::lost_ranks(record.directory, *last) : "";
  if (lease.took_over().empty() && lost.empty()) return "";
  const std::string how =
      lease.took_over().empty() ? "the last launch was broken off; going on from what it saved" : lease.took_over();
  return lost.empty() ? how : how + ": lost was " + lost;
}

std::string new_launch_id() {
  return fmt::format("{}-{}", utc_now(), fingerprint(fmt::format("{} {}", monotonic_s(), unix_now_s())).substr(0, 6));
}

store::FeatureStore open_store(const Session& session, const preparation::PrepareConfig& config) {
  return preparation::open_store(session.catalog, audio::audio_config(session.settings),
                                 features::feature_config(session.settings), config);
}

}  // namespace

std::filesystem::path run_directory(const Settings& settings) {
  if (settings.text("run.dir").empty())
    throw InputError("run.dir is not set; --run.dir DIRECTORY names the run's directory");
  return settings.text("run.dir");
}

std::filesystem::path existing_run_directory(const Settings& settings) {
  const auto directory = run_directory(settings);
  if (!std::filesystem::is_directory(directory / "journal"))
    throw InputError(fmt::format("{} = '{}' holds no run", settings.where("run.dir"), directory.string()));
  return directory;
}

store::FeatureStore open_store(const Session& session) {
  return open_store(session, preparation::prepare_config(session.settings));
}

store::FeatureStore open_near_store(Session& session) {
  preparation::PrepareConfig config = preparation::prepare_config(session.settings);
  if (config.stage.empty()) return open_store(session, config);
  if (!session.staged) {
    open_store(session, config);  // which must be there, finished, and this run's
    session.staged.emplace(config.store, config.stage, session.world.node());
    const bool speaks = session.world.local_rank() == 0;
    const std::vector<std::string> outcomes =
        session.world.all().gather(speaks ? host_name() + ": " + session.staged->outcome() : "");
    for (const std::string& outcome : outcomes)
      if (!outcome.empty()) session.progress.note(outcome);
  }
  config.store = session.staged->directory();
  return open_store(session, config);
}

std::vector<std::string> ids_of(const catalog::Catalog& catalog, const std::vector<int>& tracks) {
  std::vector<std::string> ids;
  ids.reserve(tracks.size());
  for (const int track : tracks) ids.emplace_back(catalog.tracks.id(static_cast<size_t>(track)));
  return ids;
}

Tables tables_of_run(const Settings& settings) {
  Tables tables;
  tables.catalog = catalog::read_catalog(catalog::catalog_config(settings));
  tables.folds = catalog::make_folds(tables.catalog, catalog::fold_config(settings));
  std::vector<planning::TrialSpec> all = planned_trials(settings, tables.catalog, tables.folds);
  tables.plan = plan_identity(all);
  tables.weights = weights_of(all);
  tables.trials = trials_of(part_of(settings), std::move(all));
  return tables;
}

Session::Session(const Settings& settings_, const comm::World& world_, const launch::LaunchEnvironment& environment,
                 ProgressSink& progress_, Tables tables)
    : settings(settings_),
      world(world_),
      threads(launch::threads_of_rank(environment, world_.local_size())),
      node(fmt::format("{}, {} cores, {} ranks of {} threads{}", environment.processor, environment.node_cores,
                       world_.local_size(), threads,
                       environment.partition.empty() ? "" : experiment::in_partition(environment.partition))),
      progress(progress_),
      directory(run_directory(settings_)),
      part(part_of(settings_)),
      catalog(std::move(tables.catalog)),
      folds(std::move(tables.folds)),
      trials(std::move(tables.trials)),
      plan(std::move(tables.plan)),
      weights(std::move(tables.weights)) {
  refuse_bad_settings(settings, trials);
  hosts = world.all().gather(environment.host);
  const std::string launch = comm::on_rank_0(world.all(), [&] { return take_hold(environment); });
  open_log(environment, launch);
  roll_call_.emplace(directory, launch, world.rank());
  tenure_.emplace(part.hold(directory) / "lease", launch);
  try {
    introduce_world(environment, launch);
  } catch (const std::exception& error) {
    end("failed", error.what());
    throw;
  }
}

// RUN/logs/LAUNCH/rank-00017.log
void Session::open_log(const launch::LaunchEnvironment& environment, const std::string& launch) const {
  const auto file = directory / "logs" / launch / fmt::format("rank-{:05}.log", world.rank());
  Log::open(file, fmt::format("foldwave {}, rank {} of {} on {}, process {}, launch {}, opened {}: {}", version(),
                              world.rank(), world.size(), environment.host, environment.pid, launch, utc_now(),
                              environment.command));
}

void Session::introduce_world(const launch::LaunchEnvironment& environment, const std::string& launch) {
  const launch::WorldFacts facts = look_at_world(world, environment, threads, directory, part.hold(directory), launch);
  comm::on_rank_0(world.all(), [&] {
    // The last launch's in the run, and each one's own beside its log: parts of an array run side by side.
    const std::string found = launch::environment_json(environment, facts, all_libraries());
    const auto logs = directory / "logs" / launch;
    if (std::filesystem::is_directory(logs)) publish(logs / "environment.json", found);
    publish(directory / "environment.json", found);
    for (const std::string& line : launch::describe(facts)) progress.note(line);
    for (const std::string& warning : launch::warnings(facts)) {
      progress.warn(warning);
      journal->note(warning);
    }
    return std::string();
  });
}

// On rank 0: weights may be gone where all that starts from them is trained.
void Session::require_weights() const {
  const auto is_there = [](const std::string& file) { return std::filesystem::is_regular_file(file); };
  if (std::all_of(weights.begin(), weights.end(), is_there)) return;
  const journal::RunRecord record = journal::replay(directory);
  const std::set<std::string> dropped = dropped_points(settings, record),
                              hopeless = given_up(record, settings.integer("run.retries"));
  const std::map<std::string, std::string> twins = finished_by_identity(record);
  const auto is_to_be_trained = [&](const planning::TrialSpec& trial) {
    return !is_trained(*this, trial) && !dropped.contains(trial.name) && !hopeless.contains(trial.id) &&
           !twins.contains(trial.identity);
  };
  for (const planning::TrialSpec& trial : trials) {
    const std::string& file = trial.settings.text("model.weights");
    if (!file.empty() && !is_there(file) && is_to_be_trained(trial))
      throw InputError(fmt::format("{} = '{}': there is no such file, and {} is not trained yet",
                                   trial.settings.where("model.weights"), file, trial.id));
  }
}

// On rank 0: given weights are tried before anything is trained; but for a model on summaries, whose width the store
// decides.
void Session::try_weights() {
  require_weights();
  std::set<std::string> tried;
  for (const planning::TrialSpec& trial : trials) {
    const std::string& file = trial.settings.text("model.weights");
    if (file.empty() || !models::takes_mel(trial.model) || !tried.insert(trial.model + " " + file).second) continue;
    if (!std::filesystem::is_regular_file(file)) continue;
    std::string outcome;
    try {
      outcome = models::try_weights(models::model_config(trial.settings, trial.model, catalog.classes(), 1), file,
                                    training::is_of_other_classes(file, catalog.class_ids));
    } catch (const InputError& error) {
      throw InputError(fmt::format("{} for {}: {}", trial.settings.where("model.weights"), trial.model, error.what()));
    }
    progress.note(fmt::format("{} starts from '{}'{}", trial.model, file, outcome.empty() ? "" : ": " + outcome));
  }
}

// On rank 0: what it is that begins.
void Session::introduce_run(const launch::LaunchEnvironment& environment) const {
  progress.note(fmt::format("foldwave {} on {}, the first on {}, {} each", version(), counted(world.size(), "rank"),
                            environment.host, counted(threads, "thread")));
  progress.note(fmt::format("run      {}", directory.string()));
  if (catalog.train.empty())
    progress.note(fmt::format("data     {}, {} classes", counted(static_cast<int64_t>(catalog.tracks.size()), "song"),
                              catalog.classes()));
  else
    progress.note(fmt::format("data     {} tracks, {} classes, {} folds; {} trials", catalog.tracks.size(),
                              catalog.classes(), folds.count, trials.size()));
}

std::string Session::take_hold(const launch::LaunchEnvironment& environment) {
  try_weights();
  refuse_bad_inputs(settings, catalog, folds);  // before anything is trained
  const auto config_file = directory / "config.ini";
  if (!std::filesystem::exists(config_file)) {  // a new run, which a refusal leaves unmade
    preparation::refuse_other_store(catalog, audio::audio_config(settings), features::feature_config(settings),
                                    preparation::prepare_config(settings));
  }
  make_directories(directory);
  journal::LaunchRecord launch;
  launch.id = new_launch_id();
  launch.host = environment.host;
  launch.job = environment.job_id;
  launch.command = environment.command;
  launch.part = part.name();
  launch.plan = plan;
  launch.ranks = world.size();
  launch.nodes = static_cast<int>(std::set<std::string>(hosts.begin(), hosts.end()).size());
  launch.restart_count = environment.restart_count;
  make_directories(part.hold(directory));
  lease_.emplace(part.hold(directory), launch);
  refuse_company(directory, part, launch);
  if (part.alone) remove_dead_parts(directory);
  const journal::RunRecord record = journal::replay(directory);
  const std::string folds_text = catalog::folds_csv(catalog, folds);
  refuse_another_run(settings, record, catalog, folds_text, trials);
  for (const auto& folder : {directory, directory / "ensemble", directory / "report"}) remove_abandoned(folder);
  if (part.alone || !std::filesystem::exists(config_file)) publish(config_file, settings.to_ini());
  if (!catalog.train.empty()) publish(directory / "folds.csv", folds_text);
  remember_weights(directory, weights);
  journal.emplace(directory, launch, catalog.hash());
  introduce_run(environment);
  if (const std::string death = death_of(last_in(part, record), *lease_, record); !death.empty()) progress.note(death);
  if (part.alone) journal::forget_silent(directory);
  for (const std::string& warning : folds.warnings) {
    progress.warn(warning);
    journal->note(warning);
  }
  return launch.id;
}

void Session::stage(const std::string& name, const std::function<std::string()>& work) {
  const auto say = [&](const std::string& state, const std::string& detail) {
    if (journal) journal->stage(name, state, detail);
    return std::string();
  };
  Whereabouts::say(name);
  Log::enter(name);
  const double began = monotonic_s();
  comm::on_rank_0(world.all(), [&] { return say("running", ""); });
  try {
    const std::string outcome = work();
    Log::say(LogLevel::info, fmt::format("done in {:.1f} s", monotonic_s() - began));
    if (name != "report" && is_rank_0())  // which tells more itself
      progress.say(last_stage ? LogLevel::outcome : LogLevel::info, fmt::format("{:<8} {}", name, outcome));
    comm::on_rank_0(world.all(), [&] { return say("done", outcome); });
  } catch (const Stopped& stopped) {
    last_words([&] { say("stopped", stopped.what()); });
    throw;
  } catch (const std::exception& error) {
    last_words([&] { say("failed", error.what()); });
    throw;
  }
}

void Session::end(const std::string& ending, const std::string& message) {
  last_words([&] {
    if (journal) journal->end(ending, message);
  });
}

}  // namespace foldwave::jobs
