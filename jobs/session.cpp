#include "jobs/session.h"

#include <fmt/format.h>

#include <map>
#include <numeric>
#include <set>

#include "foldwave/comm/gpus.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/host.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/models/backbones.h"
#include "foldwave/models/pretrained.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/training/training.h"
#include "jobs/options.h"
#include "jobs/world_check.h"

namespace foldwave::jobs {
namespace {

// Lines of one identity that the other has not: "train.lr = 0.01 (was 0.001)".
std::string differences(const std::string& before, const std::string& now) {
  const auto lines = [](const std::string& text) {
    std::map<std::string, std::string> values;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find('\n', begin), equals = text.find(" = ", begin);
      values[text.substr(begin, equals - begin)] = text.substr(equals + 3, end - equals - 3);
      begin = end + 1;
    }
    return values;
  };
  const auto old_values = lines(before), new_values = lines(now);
  std::vector<std::string> changed;
  for (const auto& [key, value] : new_values) {
    const auto old = old_values.find(key);
    if (old == old_values.end())
      changed.push_back(fmt::format("{} = {} (was not there)", key, value));
    else if (old->second != value)
      changed.push_back(fmt::format("{} = {} (was {})", key, value, old->second));
  }
  for (const auto& [key, value] : old_values)
    if (!new_values.contains(key)) changed.push_back(fmt::format("{} (was {}) is gone", key, value));
  return fmt::format("{}", fmt::join(changed, ", "));
}

// A run directory is about one data set, one set of folds and one set of features.
void refuse_other_data(const std::filesystem::path& directory, const Settings& before, const Settings& now,
                       const std::string& catalog_before, const std::string& catalog_now,
                       const std::string& folds_now) {
  const auto refuse = [&](const std::string& why) {
    throw InputError(
        fmt::format("run.dir '{}' holds a run with other {}; use another run.dir", directory.string(), why));
  };
  const std::vector<std::string> sections{"data", "features", "folds"};
  const std::string old_identity = before.identity(sections), new_identity = now.identity(sections);
  if (old_identity != new_identity) refuse("settings: " + differences(old_identity, new_identity));
  if (!catalog_before.empty() && catalog_before != catalog_now)
    refuse(fmt::format("rows in {} or {}", now.text("data.train"), now.text("data.test")));
  const auto folds_file = directory / "folds.csv";
  if (std::filesystem::exists(folds_file) && read_file(folds_file) != folds_now)
    refuse("folds (folds.file, folds.seed or run.seed changed)");
}

// Where the last config has what is asked for now: a file has other content, or an earlier launch had other settings.
std::string other_settings_that_do_not_show(const planning::TrialSpec& trial) {
  const std::string& weights = trial.settings.text("model.weights");
  const std::string file =
      weights.empty() ? "" : fmt::format(", or with another content of model.weights = '{}'", weights);
  return fmt::format(" than these (an earlier launch's, which it has kept{})", file);
}

// A trial that has begun keeps its settings; one that failed may be tried with others.
void refuse_other_trials(const journal::RunRecord& record, const Settings& before,
                         const std::vector<planning::TrialSpec>& trials) {
  for (const planning::TrialSpec& trial : trials) {
    const auto found = record.trials.find(trial.id);
    if (found == record.trials.end() || found->second.identity == trial.identity ||
        found->second.state == journal::TrialState::failed)
      continue;
    if (found->second.state == journal::TrialState::pending && found->second.epoch == 0) continue;
    const std::vector<std::string> sections{"features", "train", "model", "predict", "augment." + trial.augment};
    // The last config is not always the one that a trial was begun with: launches may have been about other trials.
    const std::string what =
        differences(before.for_backbone(trial.model).identity(sections), trial.settings.identity(sections));
    throw InputError(
        fmt::format("trial {} in '{}' was begun with other settings{}; use another run.dir, or a grid axis", trial.id,
                    record.directory.string(), what.empty() ? other_settings_that_do_not_show(trial) : ": " + what));
  }
}

void refuse_rungs_beyond_training(const Settings& settings, const std::vector<planning::TrialSpec>& trials) {
  const std::vector<int> rungs = planning::halving_config(settings).rungs;
  int64_t longest = 0;
  for (const planning::TrialSpec& trial : trials) longest = std::max(longest, trial.settings.integer("train.epochs"));
  if (!rungs.empty() && rungs.back() >= longest)
    throw InputError(fmt::format("{} = {}: no trial trains for more than {} epochs, so nothing is left to go on with",
                                 settings.where("grid.rungs"), settings.text("grid.rungs"), longest));
}

// Every room reads its settings before the run directory is touched: a mistake is told at once, and can be mended.
void refuse_bad_settings(const Settings& settings, const std::vector<planning::TrialSpec>& trials) {
  refuse_rungs_beyond_training(settings, trials);
  audio::audio_config(settings);
  features::feature_config(settings);
  preparation::prepare_config(settings);
  ensemble::stack_config(settings);
  for (const planning::TrialSpec& trial : trials) {
    training::train_config(trial.settings);
    models::summary_config(trial.settings, trial.model);
    models::model_config(trial.settings, trial.model, 2, 1);
  }
}

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

}  // namespace

void refuse_another_run(const Settings& settings, const journal::RunRecord& record, const catalog::Catalog& catalog,
                        const std::string& folds_text, const std::vector<planning::TrialSpec>& trials) {
  const auto config_file = record.directory / "config.ini";
  if (!std::filesystem::exists(config_file)) return;
  const OptionRegistry registry = all_options();
  const Settings before = resolve(registry, config_file, {});
  refuse_other_data(record.directory, before, settings, record.catalog_hash, catalog.hash(), folds_text);
  refuse_other_trials(record, before, trials);
}

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
  return preparation::open_store(session.catalog, audio::audio_config(session.settings),
                                 features::feature_config(session.settings),
                                 preparation::prepare_config(session.settings));
}

store::FeatureStore open_near_store(Session& session) {
  const std::string& where = session.settings.text("features.stage");
  if (where.empty()) return open_store(session);
  preparation::PrepareConfig config = preparation::prepare_config(session.settings);
  if (!session.staged) {
    open_store(session);  // which must be there, finished, and this run's
    session.staged.emplace(config.store, where, session.world.node());
    const bool speaks = session.world.local_rank() == 0;
    const std::vector<std::string> outcomes =
        session.world.all().gather(speaks ? host_name() + ": " + session.staged->outcome() : "");
    for (const std::string& outcome : outcomes)
      if (!outcome.empty()) session.progress.note(outcome);
  }
  config.store = session.staged->directory();
  return preparation::open_store(session.catalog, audio::audio_config(session.settings),
                                 features::feature_config(session.settings), config);
}

std::vector<int> chosen_folds(const Settings& settings, const catalog::Folds& folds) {
  std::vector<int> chosen = catalog::fold_config(settings).only;
  if (chosen.empty()) {
    chosen.resize(static_cast<size_t>(folds.count));
    std::iota(chosen.begin(), chosen.end(), 0);
  }
  return chosen;
}

namespace {

// What is in the file that a backbone starts from, wherever it lies; "" where it starts from the seed.
std::string weights_identity(const std::string& model, const Settings& settings) {
  const std::string& file = settings.text("model.weights");
  if (file.empty()) return "";
  const std::string where = settings.where("model.weights") + " = '" + file + "'";
  if (models::is_shallow(model))
    throw InputError(where + ": " + model + " is fitted from nothing, it takes no weights");
  if (!std::filesystem::is_regular_file(file)) throw InputError(where + ": there is no such file");
  static std::map<std::string, std::string> known;  // it is large, and asked for by every trial
  const auto found = known.find(file);
  return found != known.end() ? found->second : known[file] = fingerprint(read_file(file));
}

std::vector<planning::TrialSpec> of_part(const Part& part, std::vector<planning::TrialSpec> all) {
  std::vector<planning::TrialSpec> mine;
  for (size_t i = 0; i < all.size(); ++i)
    if (part.has(i)) mine.push_back(std::move(all[i]));
  return mine;
}

}  // namespace

std::vector<planning::TrialSpec> planned_trials(const Settings& settings, const catalog::Catalog& catalog,
                                                const catalog::Folds& folds) {
  const planning::GridConfig grid = planning::grid_config(settings);
  planning::ranks_per_trial_setting(settings);  // refused here, not after hours of preparation
  planning::halving_config(settings);
  if (settings.integer("model.channels") != 1)
    throw InputError(fmt::format("{} = {}: a spectrogram has one channel", settings.where("model.channels"),
                                 settings.text("model.channels")));
  for (const std::string& name : grid.backbones) models::takes_mel(name);
  for (const std::string& name : grid.augments) augment::augment_config(settings, name);
  for (const std::string& name : settings.names("backbone")) models::takes_mel(name);
  const auto traits_of = [](const std::string& model, const Settings& own) {
    return planning::ModelTraits{models::takes_mel(model), !models::is_shallow(model), weights_identity(model, own)};
  };
  return of_part(part_of(settings),
                 planning::expand_grid(settings, chosen_folds(settings, folds),
                                       catalog.hash() + fingerprint(catalog::folds_csv(catalog, folds)), traits_of));
}

Session::Session(const Settings& settings_, const comm::World& world_, const launch::LaunchEnvironment& environment,
                 ProgressSink& progress_)
    : settings(settings_),
      world(world_),
      threads(launch::threads_of_rank(environment, world_.local_size())),
      node(fmt::format("{}, {} cores, {} ranks of {} threads", environment.processor, environment.node_cores,
                       world_.local_size(), threads)),
      progress(progress_),
      directory(run_directory(settings_)),
      part(part_of(settings_)),
      catalog(catalog::read_catalog(catalog::catalog_config(settings_))),
      folds(catalog::make_folds(catalog, catalog::fold_config(settings_))),
      trials(planned_trials(settings_, catalog, folds)) {
  refuse_bad_settings(settings, trials);
  hosts = world.all().gather(environment.host);
  const std::string launch = comm::on_rank_0(world.all(), [&] { return take_hold(environment); });
  roll_call_.emplace(directory, launch, world.rank());
  tenure_.emplace(part.hold(directory) / "lease", launch);
  try {
    introduce_world(environment, launch);
  } catch (const std::exception& error) {
    end("failed", error.what());
    throw;
  }
}

void Session::introduce_world(const launch::LaunchEnvironment& environment, const std::string& launch) {
  const launch::WorldFacts facts = look_at_world(world, environment, threads, directory, part.hold(directory), launch);
  comm::on_rank_0(world.all(), [&] {
    publish(directory / "environment.json",
            launch::environment_json(environment, facts,
                                     {{{"foldwave", FOLDWAVE_VERSION},
                                       {"MPI", world.library_version()},
                                       {"LibTorch", training::torch_version()},
                                       {"NCCL", comm::text_of_nccl(comm::nccl_versions())}}}));
    for (const std::string& line : launch::describe(facts)) progress.note(line);
    for (const std::string& warning : launch::warnings(facts)) {
      progress.note("warning: " + warning);
      journal->note(warning);
    }
    return std::string();
  });
}

// On rank 0: given weights are tried before anything is trained; but for a model on summaries, whose width the store
// decides.
void Session::try_weights() {
  std::set<std::string> tried;
  for (const planning::TrialSpec& trial : trials) {
    const std::string& file = trial.settings.text("model.weights");
    if (file.empty() || !models::takes_mel(trial.model) || !tried.insert(trial.model + " " + file).second) continue;
    std::string outcome;
    try {
      outcome = models::try_weights(models::model_config(trial.settings, trial.model, catalog.classes(), 1), file);
    } catch (const InputError& error) {
      throw InputError(fmt::format("{} for {}: {}", trial.settings.where("model.weights"), trial.model, error.what()));
    }
    progress.note(fmt::format("{} starts from '{}'{}", trial.model, file, outcome.empty() ? "" : ": " + outcome));
  }
}

std::string Session::take_hold(const launch::LaunchEnvironment& environment) {
  try_weights();
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
  launch.ranks = world.size();
  launch.nodes = static_cast<int>(std::set<std::string>(hosts.begin(), hosts.end()).size());
  launch.restart_count = environment.restart_count;
  make_directories(part.hold(directory));
  lease_.emplace(part.hold(directory), launch);
  refuse_company(directory, part, launch);
  const journal::RunRecord record = journal::replay(directory);
  const std::string folds_text = catalog::folds_csv(catalog, folds);
  refuse_another_run(settings, record, catalog, folds_text, trials);
  for (const auto& folder : {directory, directory / "ensemble", directory / "report"}) remove_abandoned(folder);
  if (part.alone || !std::filesystem::exists(config_file)) publish(config_file, settings.to_ini());
  publish(directory / "folds.csv", folds_text);
  journal.emplace(directory, launch, catalog.hash());
  if (const std::string death = death_of(last_in(part, record), *lease_, record); !death.empty()) progress.note(death);
  if (part.alone) journal::forget_silent(directory);
  for (const std::string& warning : folds.warnings) {
    progress.note("warning: " + warning);
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
  comm::on_rank_0(world.all(), [&] { return say("running", ""); });
  try {
    const std::string outcome = work();
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
