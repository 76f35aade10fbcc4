#include "ensemble/meta_model_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave::ensemble {
namespace {

constexpr std::pair<StackInput, const char*> inputs[] = {{StackInput::probability, "probability"},
                                                         {StackInput::log_probability, "log_probability"}};

Combination parsed(const nlohmann::json& json, const std::string& file) {
  Combination how;
  json.at("chosen").get_to(how.method);
  json.at("models").get_to(how.models);
  json.at("class_ids").get_to(how.class_ids);
  json.at("weighted").at("weight").get_to(how.weight);
  how.neighbours = json.value("neighbours", 0);
  const nlohmann::json& logistic = json.at("logistic");
  how.input = input_named(logistic.at("input").get<std::string>(), file + ": its input");
  logistic.at("coefficient").get_to(how.model.weight);
  logistic.at("intercept").get_to(how.model.intercept);
  how.model.classes = static_cast<int>(how.class_ids.size());
  how.model.features = static_cast<int>(how.models.size()) * how.model.classes;
  return how;
}

void require_sound(const Combination& how, const std::string& file) {
  const bool only_model = how.models.size() == 1 && how.method == how.models.front();
  if (!only_model && !is_method(how.method))
    throw InputError(
        fmt::format("{}: its method '{}' is none of {}", file, how.method, fmt::join(method_names(), ", ")));
  const size_t rows = how.class_ids.size() == 2 ? 1 : how.class_ids.size();
  if (how.models.empty() || how.class_ids.size() < 2 || how.weight.size() != how.models.size() ||
      how.model.intercept.size() != rows || how.model.weight.size() != rows * static_cast<size_t>(how.model.features))
    throw InputError(file + ": its numbers of models, classes, weights and coefficients do not fit together");
  if (how.neighbours < 0 || how.neighbours > kMostNeighbours)
    throw InputError(fmt::format("{}: neighbours {} is not 0 to {}", file, how.neighbours, kMostNeighbours));
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(how.weight.begin(), how.weight.end(), finite) ||
      !std::all_of(how.model.weight.begin(), how.model.weight.end(), finite) ||
      !std::all_of(how.model.intercept.begin(), how.model.intercept.end(), finite))
    throw InputError(file + ": a weight or coefficient is no finite number");
}

}  // namespace

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names{"logistic", "mean", "geometric", "weighted"};
  return names;
}

bool is_method(const std::string& name) {
  return std::find(method_names().begin(), method_names().end(), name) != method_names().end();
}

std::string name_of(StackInput input) {
  return std::find_if(std::begin(inputs), std::end(inputs), [&](const auto& known) { return known.first == input; })
      ->second;
}

StackInput input_named(const std::string& name, const std::string& where) {
  for (const auto& [input, known] : inputs)
    if (name == known) return input;
  throw InputError(fmt::format("{} '{}' is none of {} and {}", where, name, inputs[0].second, inputs[1].second));
}

nlohmann::ordered_json meta_model_json(const StackOutcome& outcome, const catalog::Catalog& catalog) {
  nlohmann::ordered_json models = nlohmann::ordered_json::array();
  for (const Score& score : outcome.scores)
    if (!score.meta) models.push_back(score.name);
  return {{"format", "foldwave-meta-model"},
          {"version", 1},
          {"chosen", outcome.chosen},
          {"models", models},
          {"class_ids", catalog.class_ids},
          {"neighbours", outcome.neighbours},
          {"weighted", {{"weight", outcome.blend_weight}}},
          {"logistic",
           {{"c", outcome.c},
            {"c_of_fold", outcome.c_of_fold},
            {"input", name_of(outcome.input)},
            {"features",
             "the models' probabilities, or the logarithms of these clipped at 1e-7, side by side: [models, classes]"},
            {"coefficient_shape", {outcome.model.intercept.size(), outcome.model.features}},
            {"coefficient", outcome.model.weight},
            {"intercept", outcome.model.intercept}}}};
}

Combination read_meta_model(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) throw InputError("there is no meta-model '" + path.string() + "'");
  try {
    const auto json = nlohmann::json::parse(read_file(path));
    if (json.value("format", "") != "foldwave-meta-model")
      throw InputError(path.string() + " is no meta-model of foldwave, such as stack writes as meta_model.json");
    if (json.value("version", 0) != 1)
      throw InputError(fmt::format("{} is of version {}; expected 1", path.string(), json.value("version", 0)));
    const Combination how = parsed(json, path.string());
    require_sound(how, path.string());
    return how;
  } catch (const nlohmann::json::exception& error) {
    throw InputError(path.string() + " is a damaged meta-model: " + error.what());
  }
}

}  // namespace foldwave::ensemble
