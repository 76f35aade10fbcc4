#include "jobs/planned_trials.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "foldwave/augment/augment.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/models/backbones.h"
#include "foldwave/training/training.h"

namespace foldwave::jobs {
namespace {

// RUN/weights.json: {file: what was in it}.
nlohmann::json remembered_weights(const std::filesystem::path& run) {
  const auto path = run / "weights.json";
  if (run.empty() || !std::filesystem::exists(path)) return nlohmann::json::object();
  const auto json = nlohmann::json::parse(read_file(path), nullptr, false);
  return json.is_object() ? json : nlohmann::json::object();
}

// Of a file that is there. It is large, and asked for by every trial.
std::string fingerprint_of_file(const std::string& file) {
  static std::map<std::string, std::string> known;
  const auto found = known.find(file);
  return found != known.end() ? found->second : known[file] = fingerprint(read_file(file));
}

// What is in the file that a backbone starts from, wherever it lies; "" where it starts from the seed. A run remembers
// it, for what is trained needs the file no more.
std::string weights_identity(const std::string& model, const Settings& settings) {
  const std::string& file = settings.text("model.weights");
  if (file.empty()) return "";
  const std::string where = settings.where("model.weights") + " = '" + file + "'";
  if (models::is_shallow(model))
    throw InputError(where + ": " + model + " is fitted from nothing, it takes no weights");
  if (std::filesystem::is_regular_file(file)) return fingerprint_of_file(file);
  const auto remembered = remembered_weights(settings.text("run.dir"));
  if (!remembered.contains(file) || !remembered[file].is_string()) throw InputError(where + ": there is no such file");
  return remembered[file];
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
    return planning::ModelTraits{
        models::takes_mel(model), !models::is_shallow(model),
        [model](const Settings& settled) { return weights_identity(model, settled); },
        [model, own](const std::string& key) { return models::reads(model, key) && training::reads(own, key); }};
  };
  return planning::expand_grid(settings, chosen_folds(settings, folds),
                               catalog.hash() + fingerprint(catalog::folds_csv(catalog, folds)), traits_of);
}

std::set<std::string> weights_of(const std::vector<planning::TrialSpec>& all) {
  std::set<std::string> files;
  for (const planning::TrialSpec& trial : all)
    if (const std::string& file = trial.settings.text("model.weights"); !file.empty()) files.insert(file);
  return files;
}

void remember_weights(const std::filesystem::path& run, const std::set<std::string>& files) {
  const auto before = remembered_weights(run);
  auto now = before;
  for (const std::string& file : files)
    if (std::filesystem::is_regular_file(file)) now[file] = fingerprint_of_file(file);
  if (now != before) publish(run / "weights.json", now.dump(2) + "\n");
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
