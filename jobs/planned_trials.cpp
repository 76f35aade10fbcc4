#include "jobs/planned_trials.h"

#include <fmt/format.h>

#include <map>
#include <numeric>

#include "foldwave/augment/augment.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/models/backbones.h"

namespace foldwave::jobs {
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

}  // namespace

std::vector<int> chosen_folds(const Settings& settings, const catalog::Folds& folds) {
  std::vector<int> chosen = catalog::fold_config(settings).only;
  if (chosen.empty()) {
    chosen.resize(static_cast<size_t>(folds.count));
    std::iota(chosen.begin(), chosen.end(), 0);
  }
  return chosen;
}

std::vector<planning::TrialSpec> planned_trials(const Settings& settings, const catalog::Catalog& catalog,
                                                const catalog::Folds& folds) {
  const planning::GridConfig grid = planning::grid_config(settings);
  planning::ranks_per_trial_setting(settings);  // refused here, not after hours of preparation
  planning::halving_config(settings);
  for (const std::string& name : grid.backbones) models::takes_mel(name);
  for (const std::string& name : grid.augments) augment::augment_config(settings, name);
  for (const std::string& name : settings.names("backbone")) models::takes_mel(name);
  const auto traits_of = [](const std::string& model, const Settings& own) {
    return planning::ModelTraits{models::takes_mel(model), !models::is_shallow(model), weights_identity(model, own),
                                 [model](const std::string& key) { return models::reads(model, key); }};
  };
  return planning::expand_grid(settings, chosen_folds(settings, folds),
                               catalog.hash() + fingerprint(catalog::folds_csv(catalog, folds)), traits_of);
}

std::string plan_identity(const std::vector<planning::TrialSpec>& all) {
  uint64_t hash = hash64("");
  for (const planning::TrialSpec& trial : all) hash = hash64(trial.id + " " + trial.identity + "\n", hash);
  return fingerprint(hash);
}

std::vector<planning::TrialSpec> trials_of(const Part& part, std::vector<planning::TrialSpec> all) {
  std::vector<planning::TrialSpec> mine;
  for (size_t i = 0; i < all.size(); ++i)
    if (part.has(i)) mine.push_back(std::move(all[i]));
  return mine;
}

}  // namespace foldwave::jobs
