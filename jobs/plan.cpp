#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "foldwave/core/errors.h"
#include "foldwave/core/words.h"
#include "foldwave/experiment/calibration.h"
#include "foldwave/journal/journal.h"
#include "foldwave/models/pretrained.h"
#include "foldwave/preparation/preparation.h"
#include "jobs/commands.h"
#include "jobs/halving.h"
#include "jobs/options.h"
#include "jobs/part.h"
#include "jobs/planned_trials.h"
#include "jobs/refusals.h"
#include "jobs/session.h"
#include "jobs/trial_state.h"

namespace foldwave::jobs {
namespace {

const char* name_of(journal::TrialState state) {
  switch (state) {
    case journal::TrialState::pending: return "pending";
    case journal::TrialState::running: return "begun";
    case journal::TrialState::finished: return "finished";
    case journal::TrialState::failed: return "failed";
    case journal::TrialState::dropped: return "dropped";
  }
  return "?";
}

// As a launch would find it.
journal::TrialState state_of(const planning::TrialSpec& trial, const journal::TrialRecord* known,
                             const std::set<std::string>& dropped) {
  if (known == nullptr) return journal::TrialState::pending;
  if (known->state == journal::TrialState::dropped && !dropped.contains(trial.name))
    return journal::TrialState::pending;
  if (known->state == journal::TrialState::pending && known->epoch > 0) return journal::TrialState::running;
  return known->state;
}

planning::TrialWork work_left(const planning::TrialSpec& trial, const journal::RunRecord& record,
                              const catalog::Catalog& catalog, const catalog::Folds& folds) {
  const journal::TrialRecord* known = known_of(trial, record);
  const int done = known == nullptr ? 0 : known->epoch;
  const auto left_of = [&](const char* key) {
    return std::max(0, static_cast<int>(trial.settings.integer(key)) - done);
  };
  return {left_of("train.epochs"), left_of("train.head_epochs"),
          static_cast<double>(folds.training_rows(trial.fold).size()),
          trial.fold == catalog::kAllRows ? 0.0 : static_cast<double>(folds.validation_rows(trial.fold).size()),
          static_cast<double>(catalog.test.size())};
}

// As many as plan.ranks says, this launch has, or the last one had.
int ranks_of_plan(const Call& call, const journal::RunRecord& record) {
  if (const int64_t given = call.settings.integer("plan.ranks"); given > 0) return static_cast<int>(given);
  if (call.world != nullptr && call.world->size() > 1) return call.world->size();
  return std::max(1, record.layout.world_size);
}

std::string clock_of(double seconds) {
  const auto s = static_cast<int64_t>(std::llround(seconds));
  return s < 3600 ? fmt::format("{}:{:02} min", s / 60, s % 60) : fmt::format("{}:{:02} h", s / 3600, s / 60 % 60);
}

// "3 groups of 2 ranks, 1 of 1"
std::string groups_text(const planning::Layout& layout) {
  std::map<size_t, int, std::greater<>> count;
  for (const auto& group : layout.groups) ++count[group.size()];
  std::string text;
  for (const auto& [ranks, groups] : count)
    text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", counted(groups, "group"),
                        counted(static_cast<int64_t>(ranks), "rank"));
  return text;
}

// MiB of each trial's network. Of one on summaries, whose width the store decides, about as many as of a wide one.
std::vector<double> weights_of(const std::vector<planning::TrialSpec>& trials, int classes) {
  constexpr int wide = 1000;
  std::map<std::string, double> known;
  std::vector<double> weights;
  for (const planning::TrialSpec& trial : trials) {
    const auto [at, fresh] = known.emplace(planning::cost_key(trial), 0);
    if (fresh && !models::is_shallow(trial.model))
      at->second = models::weights_mib(models::model_config(trial.settings, trial.model, classes, wide));
    weights.push_back(at->second);
  }
  return weights;
}

void print_forecast(const Call& call, const std::vector<planning::TrialSpec>& pending, const journal::RunRecord& record,
                    const catalog::Catalog& catalog, const catalog::Folds& folds) {
  if (pending.empty()) return;
  const std::vector<planning::TrialSpec> ordered = in_order_of_hand_out(pending);
  std::vector<planning::TrialWork> work;
  for (const planning::TrialSpec& trial : ordered) work.push_back(work_left(trial, record, catalog, folds));
  const int ranks = ranks_of_plan(call, record);
  const int by_hand = planning::ranks_per_trial_setting(call.settings);
  const auto before = record.layouts.find(part_of(call.settings).name());
  const auto kept =
      before == record.layouts.end() ? std::nullopt : kept_layout(before->second, ranks, by_hand, ordered);
  const planning::Layout layout =
      kept ? *kept : planning::lay_out(demands_of(ordered), std::vector<int>(static_cast<size_t>(ranks), 0), by_hand);
  fmt::print("{}: {}\n", counted(ranks, "rank"), groups_text(layout));
  experiment::KnownCosts known;
  if (!record.directory.empty())
    known = experiment::known_costs(record.directory, call.settings.text("slurm.partition"));
  const auto forecast = planning::forecast(ordered, work, known.costs, layout);
  if (!forecast) {
    const planning::Footprint footprint =
        planning::footprint_of(ordered, weights_of(ordered, catalog.classes()), layout);
    fmt::print(
        "forecast: {:.0f} MiB and {} files in trials/; how long it takes is unknown until training, as it starts, "
        "has timed these models in this run.dir{}\n",
        footprint.mib, footprint.files,
        call.settings.real("run.time_limit_s") > 0 ? ", and whether it fits run.time_limit_s" : "");
    return;
  }
  const bool may_end_early = !planning::halving_config(call.settings).rungs.empty() ||
                             std::any_of(ordered.begin(), ordered.end(), [](const planning::TrialSpec& trial) {
                               return !models::is_shallow(trial.model) && trial.settings.integer("train.patience") > 0;
                             });
  fmt::print(
      "forecast: training takes {}{}, {:.2f} rank-hours; {:.0f} MiB of memory a rank, {:.0f} MiB and {} files in "
      "trials/ (timed on {})\n",
      may_end_early ? "at most " : "", clock_of(forecast->wall_s), forecast->rank_hours, forecast->memory_mib_per_rank,
      forecast->footprint.mib, forecast->footprint.files, known.node);
  if (const double limit = call.settings.real("run.time_limit_s"); limit > 0)
    fmt::print("run.time_limit_s = {}: {}\n", clock_of(limit),
               forecast->wall_s <= limit
                   ? "it fits"
                   : fmt::format("it does not fit, and takes {:.0f} launches", std::ceil(forecast->wall_s / limit)));
}

// Of a store that is still to be made.
void print_store(const Call& call, const catalog::Catalog& catalog, int ranks) {
  const preparation::PrepareConfig config = preparation::prepare_config(call.settings);
  if (store::is_planned(config.store)) return;
  const preparation::StoreSize size = preparation::expected_store_size(
      catalog, audio::audio_config(call.settings), features::feature_config(call.settings), config, ranks);
  if (size.files == 0) return;
  fmt::print("store: about {:.0f} MiB in {} files in {}, by the sizes of the audio files\n", size.mib, size.files,
             config.store.empty() ? "features/" : config.store.string());
}

void print_values(const Settings& settings, const std::vector<std::string>& keys) {
  const OptionRegistry registry = all_options();
  for (const std::string& key : keys)
    if (registry.find(key) == nullptr)
      throw InputError(fmt::format("{}: there is no key {}", settings.where("plan.values"), key));
  for (const std::string& key : keys) fmt::print("{}\n", settings.text(key));
}

}  // namespace

void plan_command(const Call& call) {
  if (const std::vector<std::string> keys = call.settings.list("plan.values"); !keys.empty()) {
    print_values(call.settings, keys);
    return;
  }
  const catalog::Catalog catalog = catalog::read_catalog(catalog::catalog_config(call.settings));
  const catalog::Folds folds = catalog::make_folds(catalog, catalog::fold_config(call.settings));
  for (const std::string& warning : folds.warnings) call.progress.warn(warning);
  const auto trials = trials_of(part_of(call.settings), planned_trials(call.settings, catalog, folds));
  const journal::RunRecord record =
      call.settings.text("run.dir").empty() ? journal::RunRecord{} : journal::replay(run_directory(call.settings));
  refuse_bad_settings(call.settings, trials);
  refuse_bad_inputs(call.settings, catalog, folds);
  refuse_another_run(call.settings, record, catalog, catalog::folds_csv(catalog, folds), trials);
  const std::set<std::string> dropped = dropped_points(call.settings, record),
                              hopeless = given_up(record, call.settings.integer("run.retries"));
  const std::map<std::string, std::string> twins = finished_by_identity(record);
  size_t finished = 0, longest_id = 0;
  for (const planning::TrialSpec& trial : trials) longest_id = std::max(longest_id, trial.id.size());
  std::vector<planning::TrialSpec> pending;
  for (const planning::TrialSpec& trial : trials) {
    const journal::TrialRecord* known = known_of(trial, record);
    const bool has_twin = known == nullptr && twins.contains(trial.identity);
    const journal::TrialState state = has_twin ? journal::TrialState::finished : state_of(trial, known, dropped);
    if (state == journal::TrialState::finished)
      ++finished;
    else if (!dropped.contains(trial.name) && !hopeless.contains(trial.id))
      pending.push_back(trial);
    const int64_t epochs = trial.settings.integer("train.epochs");
    const bool part_way = state != journal::TrialState::finished && known != nullptr && known->epoch > 0;
    fmt::print("{:<10}{:<{}}{:>11} epochs\n", name_of(state), trial.id, longest_id,
               part_way ? fmt::format("{} of {}", known->epoch, epochs) : std::to_string(epochs));
  }
  fmt::print("\n{} trials, {} finished; {} training and {} test songs, {} classes, {} folds\n", trials.size(), finished,
             catalog.train.size(), catalog.test.size(), catalog.classes(), folds.count);
  print_store(call, catalog, ranks_of_plan(call, record));
  print_forecast(call, pending, record, catalog, folds);
}

}  // namespace foldwave::jobs
