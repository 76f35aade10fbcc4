#include "jobs/refusals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/trial_id.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/models/backbones.h"
#include "foldwave/models/neighbours.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/training/training.h"
#include "jobs/options.h"
#include "jobs/session.h"

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

int64_t lines_in(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

// Of a file that the next launch writes anew, while the trials themselves still know what they were begun with.
SystemError damaged(const std::filesystem::path& own_file, const std::string& how) {
  return SystemError(fmt::format("{} is damaged: {}; remove it, and it is made anew", own_file.string(), how));
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
    refuse(fmt::format("rows in {}", now.text("data.train").empty() ? now.text("data.test")
                                     : now.text("data.test").empty()
                                         ? now.text("data.train")
                                         : now.text("data.train") + " or " + now.text("data.test")));
  const auto folds_file = directory / "folds.csv";
  const std::string folds_before = std::filesystem::exists(folds_file) ? read_file(folds_file) : folds_now;
  if (folds_before == folds_now) return;
  if (lines_in(folds_before) != lines_in(folds_now))  // of the same rows
    throw damaged(folds_file,
                  fmt::format("{} lines, where {} were written", lines_in(folds_before), lines_in(folds_now)));
  refuse("folds (folds.file, folds.seed or run.seed changed)");
}

// What is different all the same where the last config has what this one asks for.
std::string other_settings_that_do_not_show(const planning::TrialSpec& trial) {
  const std::string& weights = trial.settings.text("model.weights");
  const std::string file =
      weights.empty() ? "" : fmt::format(", or with another content of model.weights = '{}'", weights);
  return fmt::format(" than these (an earlier launch's, which it has kept{})", file);
}

// As `before` had made the trial: the name says that its axes had these values, and what is fitted in one go has no
// epochs.
Settings settings_before(const Settings& before, const planning::TrialSpec& trial) {
  Settings own = before.for_backbone(trial.model);
  const auto keep = [&](const std::string& key) { own.set(key, trial.settings.text(key), "an earlier launch"); };
  for (const auto& axis : trial.settings.grid_axes()) keep(axis.first);
  if (models::is_shallow(trial.model)) {
    keep("train.epochs");
    keep("train.head_epochs");
  }
  return own;
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
    const std::vector<std::string> sections = sections_of_trial(trial.augment);
    // The last config is not always the one that a trial was begun with: launches may have been about other trials.
    const std::string what =
        differences(settings_before(before, trial).identity(sections), trial.settings.identity(sections));
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

}  // namespace

void refuse_bad_settings(const Settings& settings, const std::vector<planning::TrialSpec>& trials) {
  refuse_rungs_beyond_training(settings, trials);
  audio::audio_config(settings);
  features::feature_config(settings);
  preparation::prepare_config(settings);
  if (ensemble::stack_config(settings).neighbours > 0 && settings.text("features.summary") != "rich")
    throw InputError(fmt::format("{} = {}: stack.neighbours compares songs by their rich summaries",
                                 settings.where("features.summary"), settings.text("features.summary")));
  for (const planning::TrialSpec& trial : trials) {
    if (models::takes_mel(trial.model) && trial.settings.integer("model.channels") != 1)
      throw InputError(fmt::format("{} = {}: a spectrogram has one channel", trial.settings.where("model.channels"),
                                   trial.settings.text("model.channels")));
    for (const char* key : {"features.n_mels", "train.crop_frames"})
      if (models::takes_mel(trial.model) && trial.settings.integer(key) < models::least_side(trial.model))
        throw InputError(fmt::format("{} = {}: {} takes {} or more", trial.settings.where(key),
                                     trial.settings.text(key), trial.model, models::least_side(trial.model)));
    training::train_config(trial.settings);
    const models::SummaryConfig summary = models::summary_config(trial.settings, trial.model);
    if (!models::takes_mel(trial.model) && summary.kind == models::SummaryKind::rich &&
        settings.text("features.summary") != "rich")
      throw InputError(fmt::format("{} = {}: {} takes the rich summary (model.summary)",
                                   settings.where("features.summary"), settings.text("features.summary"), trial.model));
    models::model_config(trial.settings, trial.model, 2, 1);
  }
}

void refuse_bad_inputs(const Settings& settings, const catalog::Catalog& catalog, const catalog::Folds& folds) {
  const ensemble::StackConfig config = ensemble::stack_config(settings);
  if (config.neighbours > 0 && catalog.tracks.size() > models::Likeness::kMostSongs)
    throw InputError(fmt::format("{}: each song is compared with each, of at most {} songs; there are {}",
                                 settings.where("stack.neighbours"), models::Likeness::kMostSongs,
                                 catalog.tracks.size()));
  if (!config.inputs.empty())
    ensemble::read_outside(config, catalog, folds, ids_of(catalog, catalog.train), ids_of(catalog, catalog.test),
                           ensemble::Rows::there);
}

void refuse_another_run(const Settings& settings, const journal::RunRecord& record, const catalog::Catalog& catalog,
                        const std::string& folds_text, const std::vector<planning::TrialSpec>& trials) {
  const auto config_file = record.directory / "config.ini";
  if (!std::filesystem::exists(config_file)) return;
  if (std::filesystem::file_size(config_file) == 0) throw damaged(config_file, "it is empty");
  const OptionRegistry registry = all_options();
  const Settings before = resolve(registry, config_file, {});
  refuse_other_data(record.directory, before, settings, record.catalog_hash, catalog.hash(), folds_text);
  refuse_other_trials(record, before, trials);
}

}  // namespace foldwave::jobs
