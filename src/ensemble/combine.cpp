#include "ensemble/combine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ensemble/meta_model.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave::ensemble {
namespace {

Combination parsed(const nlohmann::json& json) {
  Combination how;
  json.at("chosen").get_to(how.method);
  json.at("models").get_to(how.models);
  json.at("class_ids").get_to(how.class_ids);
  json.at("weighted").at("weight").get_to(how.weight);
  const nlohmann::json& logistic = json.at("logistic");
  const auto input = logistic.at("input").get<std::string>();
  if (input != "probability" && input != "log_probability")
    throw InputError("its input '" + input + "' is none of probability and log_probability");
  if (input == "log_probability") how.input = StackInput::log_probability;
  logistic.at("coefficient").get_to(how.model.weight);
  logistic.at("intercept").get_to(how.model.intercept);
  how.model.classes = static_cast<int>(how.class_ids.size());
  how.model.features = static_cast<int>(how.models.size()) * how.model.classes;
  return how;
}

void require_sound(const Combination& how, const std::string& file) {
  const std::vector<std::string> methods{"logistic", "weighted", "mean", "geometric"};
  const bool only_model = how.models.size() == 1 && how.method == how.models.front();
  if (!only_model && std::find(methods.begin(), methods.end(), how.method) == methods.end())
    throw InputError(fmt::format("{}: its method '{}' is none of {}", file, how.method, fmt::join(methods, ", ")));
  const size_t rows = how.class_ids.size() == 2 ? 1 : how.class_ids.size();
  if (how.models.empty() || how.class_ids.size() < 2 || how.weight.size() != how.models.size() ||
      how.model.intercept.size() != rows || how.model.weight.size() != rows * static_cast<size_t>(how.model.features))
    throw InputError(file + ": its numbers of models, classes, weights and coefficients do not fit together");
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(how.weight.begin(), how.weight.end(), finite) ||
      !std::all_of(how.model.weight.begin(), how.model.weight.end(), finite) ||
      !std::all_of(how.model.intercept.begin(), how.model.intercept.end(), finite))
    throw InputError(file + ": a weight or coefficient is no finite number");
}

// The models in the order that the combination was made for.
std::vector<const catalog::PredictionTable*> in_order(const std::vector<catalog::PredictionTable>& tables,
                                                      const Combination& how) {
  std::vector<std::string> names;
  for (const catalog::PredictionTable& table : tables) names.push_back(table.model);
  require_models(how, names);
  std::vector<const catalog::PredictionTable*> ordered;
  for (const std::string& name : how.models.empty() ? names : how.models)
    ordered.push_back(&tables[static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin())]);
  return ordered;
}

}  // namespace

std::vector<float> combined(const Combination& how, const Inputs& inputs) {
  if (how.method == "logistic") return answers_of(how.model, inputs, how.input);
  if (how.method == "weighted") return weighted_mean(inputs, how.weight);
  if (how.method == "mean") return mean(inputs);
  return inputs.model.size() == 1 ? inputs.model.front() : geometric_mean(inputs);  // or the only model, by its name
}

Combination read_meta_model(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) throw InputError("there is no meta-model '" + path.string() + "'");
  try {
    const auto json = nlohmann::json::parse(read_file(path));
    if (json.value("format", "") != "foldwave-meta-model")
      throw InputError(path.string() + " is no meta-model of foldwave, such as stack writes as meta_model.json");
    if (json.value("version", 0) != 1)
      throw InputError(fmt::format("{} is of version {}; expected 1", path.string(), json.value("version", 0)));
    const Combination how = parsed(json);
    require_sound(how, path.string());
    return how;
  } catch (const nlohmann::json::exception& error) {
    throw InputError(path.string() + " is a damaged meta-model: " + error.what());
  }
}

void require_models(const Combination& how, std::vector<std::string> names) {
  std::vector<std::string> wanted = how.models;
  std::sort(wanted.begin(), wanted.end());
  std::sort(names.begin(), names.end());
  if (!wanted.empty() && wanted != names)
    throw InputError(fmt::format("the meta-model was made for {}; the models here are {}", fmt::join(wanted, ", "),
                                 fmt::join(names, ", ")));
}

catalog::PredictionTable combine(const std::vector<catalog::PredictionTable>& tables, const Combination& how) {
  const std::vector<const catalog::PredictionTable*> ordered = in_order(tables, how);
  Inputs inputs{.classes = ordered.front()->classes, .rows = ordered.front()->rows(), .model = {}};
  for (const catalog::PredictionTable* table : ordered) inputs.model.push_back(table->probability);
  catalog::PredictionTable result = *ordered.front();
  result.model = how.method, result.augment.clear(), result.seed = 0, result.fold = -1;
  result.probability = combined(how, inputs);
  result.macro_f1 = std::nan("");
  return result;
}

}  // namespace foldwave::ensemble
