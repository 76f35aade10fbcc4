#include "ensemble/combine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "ensemble/meta_model.h"
#include "foldwave/core/errors.h"

namespace foldwave::ensemble {
namespace {

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
  if (inputs.model.size() == 1) return inputs.model.front();  // which a method may be called after
  if (how.method == "geometric") return geometric_mean(inputs);
  throw std::logic_error("nothing combines models by '" + how.method + "'");
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
