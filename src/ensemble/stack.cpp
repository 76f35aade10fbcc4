#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "ensemble/blends.h"
#include "ensemble/choose.h"
#include "ensemble/scores.h"
#include "foldwave/core/errors.h"
#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {
namespace {

using catalog::PredictionTable;

// Learns from rows with labels (or not at all), then answers for others: [rows of `ask`, classes].
using Combiner =
    std::function<std::vector<float>(const Inputs& learn, const std::vector<int>& label, const Inputs& ask)>;

struct Method {
  std::string name;
  bool learns = false;
  Combiner combine;
};

// All models' probabilities side by side. [rows, models * classes]
std::vector<double> features_of(const Inputs& inputs) {
  const size_t classes = inputs.classes, models = inputs.model.size();
  std::vector<double> x(inputs.rows * models * classes);
  for (size_t row = 0; row < inputs.rows; ++row)
    for (size_t m = 0; m < models; ++m)
      std::copy_n(&inputs.model[m][row * classes], classes, &x[(row * models + m) * classes]);
  return x;
}

models::LogisticModel fit(const Inputs& inputs, const std::vector<int>& label, double c) {
  return models::fit_logistic(features_of(inputs), label, static_cast<int>(inputs.model.size()) * inputs.classes,
                              inputs.classes, c);
}

std::vector<float> apply(const models::LogisticModel& model, const Inputs& inputs) {
  if (inputs.rows == 0) return {};
  const std::vector<double> probability = models::predict_probability(model, features_of(inputs));
  return {probability.begin(), probability.end()};
}

std::vector<Method> methods(double c) {
  return {{"mean", false, [](const Inputs&, const std::vector<int>&, const Inputs& ask) { return mean(ask); }},
          {"geometric", false,
           [](const Inputs&, const std::vector<int>&, const Inputs& ask) { return geometric_mean(ask); }},
          {"weighted", true,
           [](const Inputs& learn, const std::vector<int>& label, const Inputs& ask) {
             return weighted_mean(ask, greedy_weights(learn, label));
           }},
          {"logistic", true, [c](const Inputs& learn, const std::vector<int>& label, const Inputs& ask) {
             return apply(fit(learn, label, c), ask);
           }}};
}

// Each fold's rows as answered by what was learned from the other folds.
std::vector<float> cross_validated(const Method& method, const Inputs& inputs, const Truth& truth) {
  if (!method.learns) return method.combine(inputs, truth.label, inputs);
  std::vector<float> whole(inputs.rows * inputs.classes);
  for (int k = 0; k < truth.folds; ++k) {
    std::vector<int> learn, ask, label;
    for (int row = 0; row < static_cast<int>(inputs.rows); ++row) (truth.fold[row] == k ? ask : learn).push_back(row);
    for (const int row : learn) label.push_back(truth.label[row]);
    const std::vector<float> answer = method.combine(inputs.only(learn), label, inputs.only(ask));
    for (size_t i = 0; i < ask.size(); ++i)
      std::copy_n(&answer[i * inputs.classes], inputs.classes, &whole[static_cast<size_t>(ask[i]) * inputs.classes]);
  }
  return whole;
}

Inputs inputs_of(const std::vector<ModelPredictions>& models, PredictionTable ModelPredictions::*part) {
  const PredictionTable& first = models.front().*part;
  Inputs inputs{.classes = models.front().oof.classes, .rows = first.rows(), .model = {}};
  for (const ModelPredictions& predictions : models) {
    const PredictionTable& table = predictions.*part;
    if (table.classes != inputs.classes || table.song_id != first.song_id || table.label != first.label)
      throw InputError("stacking: the predictions of " + table.model +
                       " are not of the same songs and classes as those of " + first.model);
    inputs.model.push_back(table.probability);
  }
  return inputs;
}

// "resnet18+specaugment", with the seed and then a number where that alone does not tell models apart.
std::vector<std::string> names_of(const std::vector<ModelPredictions>& models) {
  std::vector<std::string> names;
  const auto name = [](const PredictionTable& table) {
    return table.augment.empty() ? table.model : table.model + "+" + table.augment;
  };
  std::multiset<std::string> plain;
  for (const ModelPredictions& predictions : models) plain.insert(name(predictions.oof));
  std::multiset<std::string> used;
  for (const ModelPredictions& predictions : models) {
    std::string own = name(predictions.oof);
    if (plain.count(own) > 1) own += "/seed-" + std::to_string(predictions.oof.seed);
    used.insert(own);
    names.push_back(used.count(own) > 1 ? own + "#" + std::to_string(used.count(own)) : own);
  }
  return names;
}

PredictionTable table_of(const PredictionTable& like, const std::string& method, std::vector<float> probability) {
  PredictionTable table = like;
  table.model = method, table.augment.clear(), table.seed = 0, table.fold = -1;
  table.probability = std::move(probability);
  table.macro_f1 = std::nan("");
  return table;
}

}  // namespace

StackOutcome stack(const std::vector<ModelPredictions>& models, const std::vector<int>& fold,
                   const std::vector<int>& group, const StackConfig& config) {
  if (models.empty()) throw InputError("stacking: there are no predictions");
  const Inputs oof = inputs_of(models, &ModelPredictions::oof), test = inputs_of(models, &ModelPredictions::test);
  const Truth truth = truth_of(models.front().oof, fold, group);
  const std::vector<std::string> names = names_of(models);
  const bool alone = models.size() == 1;  // every blend of one model is that model

  StackOutcome outcome;
  outcome.spread_over = truth.spread_over();
  outcome.c = config.c;
  outcome.blend_weight = greedy_weights(oof, truth.label);
  outcome.model = fit(oof, truth.label, config.c);

  std::vector<Candidate> candidates;
  std::vector<std::vector<float>> answers;
  const auto enter = [&](const std::string& name, bool meta, bool optimistic, std::vector<float> probability) {
    outcome.scores.push_back(score(name, meta, truth, probability));
    outcome.scores.back().optimistic = optimistic;
    if (meta || alone) {
      candidates.push_back(
          {outcome.scores.back(), leave_one_out(truth, catalog::most_likely(probability, truth.classes))});
      answers.push_back(std::move(probability));
    }
  };
  for (size_t m = 0; m < models.size(); ++m) enter(names[m], false, models[m].oof.optimistic, oof.model[m]);
  const bool optimistic =
      std::any_of(models.begin(), models.end(), [](const ModelPredictions& model) { return model.oof.optimistic; });
  for (const Method& method : methods(config.c)) {
    if (method.learns && truth.folds < 2) continue;
    if (alone && method.name != "logistic" && method.name != config.method) continue;
    enter(method.name, true, optimistic, cross_validated(method, oof, truth));
  }

  const Choice choice = choose(config.method, alone ? names.front() : "geometric", candidates, outcome.spread_over);
  outcome.chosen = choice.name;
  outcome.reason = choice.reason;
  const auto chosen = std::find_if(candidates.begin(), candidates.end(),
                                   [&](const Candidate& candidate) { return candidate.score.name == choice.name; });
  outcome.oof = table_of(models.front().oof, choice.name, answers[chosen - candidates.begin()]);
  outcome.oof.macro_f1 = chosen->score.oof_macro_f1;
  outcome.oof.optimistic = chosen->score.optimistic;
  const std::vector<float> test_probability = choice.name == "logistic"   ? apply(outcome.model, test)
                                              : choice.name == "weighted" ? weighted_mean(test, outcome.blend_weight)
                                              : choice.name == "mean"     ? mean(test)
                                                                          : geometric_mean(test);
  outcome.test = table_of(models.front().test, choice.name,
                          alone && choice.name != "logistic" ? test.model.front() : test_probability);
  return outcome;
}

}  // namespace foldwave::ensemble
