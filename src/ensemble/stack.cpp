#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "ensemble/blends.h"
#include "ensemble/choose.h"
#include "ensemble/combine.h"
#include "ensemble/meta_model.h"
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

const std::vector<Method>& blends() {
  static const std::vector<Method> all{
      {"mean", false, [](const Inputs&, const std::vector<int>&, const Inputs& ask) { return mean(ask); }},
      {"geometric", false,
       [](const Inputs&, const std::vector<int>&, const Inputs& ask) { return geometric_mean(ask); }},
      {"weighted", true, [](const Inputs& learn, const std::vector<int>& label, const Inputs& ask) {
         return weighted_mean(ask, greedy_weights(learn, label));
       }}};
  return all;
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

bool is_method(const std::string& name) {
  return name == "logistic" ||
         std::any_of(blends().begin(), blends().end(), [&](const Method& method) { return method.name == name; });
}

// "resnet18+specaugment", with the seed and then a number where that alone does not tell models apart; a file may be
// called as a method is.
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
    if (is_method(own)) own += " (model)";
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

// The methods as they are scored: the models themselves, then what combines them.
class Contest {
 public:
  explicit Contest(const Truth& truth) : truth_(truth) {}

  void enter(const std::string& name, bool meta, bool optimistic, bool eligible, std::vector<float> probability) {
    scores.push_back(score(name, meta, truth_, probability));
    scores.back().optimistic = optimistic;
    leave_one_out_.push_back(leave_one_out(truth_, catalog::most_likely(probability, truth_.classes)));
    if (!eligible) return;
    candidates.push_back({scores.back(), leave_one_out_.back()});
    answers.push_back(std::move(probability));
  }

  // By how much each method is ahead of `usual`.
  void compare(const std::string& usual) {
    const size_t reference = number_of(usual);
    for (size_t i = 0; i < scores.size(); ++i) {
      scores[i].lead = scores[i].oof_macro_f1 - scores[reference].oof_macro_f1;
      scores[i].lead_error = jackknife_error(leave_one_out_[i], leave_one_out_[reference]);
    }
  }

  std::vector<Score> scores;
  std::vector<Candidate> candidates;        // of those that can make the submission
  std::vector<std::vector<float>> answers;  // [candidates] OOF

 private:
  size_t number_of(const std::string& name) const {
    size_t number = 0;
    while (scores[number].name != name) ++number;
    return number;
  }

  const Truth& truth_;
  std::vector<std::vector<double>> leave_one_out_;  // [scores]
};

// Fits the logistic regression over all rows and, where there are folds to do so, scores it on those it has not seen.
void enter_meta_model(const Inputs& oof, const Truth& truth, const StackConfig& config, bool optimistic,
                      Contest& contest, StackOutcome& outcome) {
  outcome.c = config.c.front();
  outcome.input = config.input;
  if (truth.folds >= 2) {
    MetaModelTrial trial = try_meta_model(oof, truth, config);
    outcome.c = trial.c;
    outcome.c_of_fold = trial.c_of_fold;
    contest.enter("logistic", true, optimistic, true, std::move(trial.probability));
  }
  outcome.model = fit_meta_model(oof, truth.label, outcome.c, config.input);
}

}  // namespace

StackOutcome stack(const std::vector<ModelPredictions>& models, const std::vector<int>& fold,
                   const std::vector<int>& group, const StackConfig& config) {
  if (models.empty()) throw InputError("stacking: there are no predictions");
  const Inputs oof = inputs_of(models, &ModelPredictions::oof), test = inputs_of(models, &ModelPredictions::test);
  const Truth truth = truth_of(models.front().oof, fold, group);
  const std::vector<std::string> names = names_of(models);
  const bool alone = models.size() == 1;  // every blend of one model is that model
  const bool optimistic =
      std::any_of(models.begin(), models.end(), [](const ModelPredictions& model) { return model.oof.optimistic; });

  StackOutcome outcome;
  outcome.spread_over = truth.spread_over();
  outcome.blend_weight = greedy_weights(oof, truth.label);
  Contest contest(truth);
  for (size_t m = 0; m < models.size(); ++m)
    contest.enter(names[m], false, models[m].oof.optimistic, alone, oof.model[m]);
  for (const Method& method : blends()) {
    if ((method.learns && truth.folds < 2) || (alone && method.name != config.method)) continue;
    contest.enter(method.name, true, optimistic, true, cross_validated(method, oof, truth));
  }
  enter_meta_model(oof, truth, config, optimistic, contest, outcome);

  const std::string usual = alone ? names.front() : "geometric";
  contest.compare(usual);
  outcome.scores = contest.scores;
  const Choice choice = choose(config.method, usual, contest.candidates, outcome.spread_over);
  outcome.chosen = choice.name;
  outcome.reason = choice.reason;
  const auto chosen = std::find_if(contest.candidates.begin(), contest.candidates.end(),
                                   [&](const Candidate& candidate) { return candidate.score.name == choice.name; });
  outcome.oof =
      table_of(models.front().oof, choice.name, std::move(contest.answers[chosen - contest.candidates.begin()]));
  outcome.oof.macro_f1 = chosen->score.oof_macro_f1;
  outcome.oof.optimistic = chosen->score.optimistic;
  const Combination how{choice.name, {}, {}, outcome.blend_weight, outcome.input, outcome.model};
  outcome.test = table_of(models.front().test, choice.name, combined(how, test));
  return outcome;
}

}  // namespace foldwave::ensemble
