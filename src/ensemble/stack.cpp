#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "ensemble/blends.h"
#include "ensemble/choose.h"
#include "ensemble/combine.h"
#include "ensemble/fold_rows.h"
#include "ensemble/meta_model.h"
#include "ensemble/meta_model_file.h"
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
    const std::vector<int> learn = rows_where(truth, [=](int fold) { return fold != k; }),
                           ask = rows_where(truth, [=](int fold) { return fold == k; });
    put(method.combine(inputs.only(learn), labels_of(truth, learn), inputs.only(ask)), ask, inputs.classes, whole);
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
    all_.push_back(candidate_of(name, meta, truth_, probability));
    all_.back().score.optimistic = optimistic;
    if (!eligible) return;
    eligible_.push_back(all_.size() - 1);
    answers_.push_back(std::move(probability));
  }

  // With the lead of each over `usual`.
  std::vector<Score> scores(const std::string& usual) const {
    const Candidate& reference = *std::find_if(
        all_.begin(), all_.end(), [&](const Candidate& candidate) { return candidate.score.name == usual; });
    std::vector<Score> scores;
    for (const Candidate& candidate : all_) {
      scores.push_back(candidate.score);
      scores.back().lead = candidate.score.oof_macro_f1 - reference.score.oof_macro_f1;
      scores.back().lead_error = jackknife_error(candidate.leave_one_out, reference.leave_one_out);
    }
    return scores;
  }

  // Those that can make the submission.
  std::vector<Candidate> candidates() const {
    std::vector<Candidate> chosen;
    for (const size_t number : eligible_) chosen.push_back(all_[number]);
    return chosen;
  }
  // [candidates] OOF [rows, classes]
  std::vector<std::vector<float>>& answers() { return answers_; }

 private:
  const Truth& truth_;
  std::vector<Candidate> all_;
  std::vector<size_t> eligible_;
  std::vector<std::vector<float>> answers_;
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

// A model's own score stays its own; it leads what is usual with neighbours by so much the less.
void keep_scores_of_models(const StackOutcome& alone, size_t models, StackOutcome& with) {
  const auto usual = [&](const StackOutcome& outcome) {
    const auto found = std::find_if(outcome.scores.begin(), outcome.scores.end(),
                                    [](const Score& score) { return score.meta && score.name == "geometric"; });
    return found->oof_macro_f1;
  };
  for (size_t m = 0; m < models; ++m) {
    with.scores[m] = alone.scores[m];
    with.scores[m].lead += usual(alone) - usual(with);
  }
}

}  // namespace

StackOutcome stack(const std::vector<ModelPredictions>& models, const std::vector<int>& fold,
                   const std::vector<int>& group, const StackConfig& config) {
  if (models.empty()) throw InputError("stacking: there are no predictions");
  const Inputs oof = inputs_of(models, &ModelPredictions::oof), test = inputs_of(models, &ModelPredictions::test);
  const Truth truth = truth_of(models.front().oof, fold, group);
  const std::vector<std::string> names = names_of(models);
  const bool alone = models.size() == 1;  // every blend of one model is that model, and auto calls it by its name
  const bool optimistic =
      std::any_of(models.begin(), models.end(), [](const ModelPredictions& model) { return model.oof.optimistic; });

  StackOutcome outcome;
  outcome.spread_over = truth.spread_over();
  outcome.blend_weight = greedy_weights(oof, truth.label);
  Contest contest(truth);
  for (size_t m = 0; m < models.size(); ++m)
    contest.enter(names[m], false, models[m].oof.optimistic, alone, oof.model[m]);
  for (const Method& method : blends()) {
    if (method.learns && truth.folds < 2) continue;
    contest.enter(method.name, true, optimistic, true, cross_validated(method, oof, truth));
  }
  enter_meta_model(oof, truth, config, optimistic, contest, outcome);

  const std::string usual = alone ? names.front() : "geometric";
  outcome.scores = contest.scores(usual);
  const std::vector<Candidate> candidates = contest.candidates();
  const Choice choice = choose(config.method, usual, candidates, outcome.spread_over);
  outcome.chosen = choice.name;
  outcome.reason = choice.reason;
  const auto chosen = std::find_if(candidates.begin(), candidates.end(),
                                   [&](const Candidate& candidate) { return candidate.score.name == choice.name; });
  outcome.oof = table_of(models.front().oof, choice.name, std::move(contest.answers()[chosen - candidates.begin()]));
  outcome.oof.macro_f1 = chosen->score.oof_macro_f1;
  outcome.oof.optimistic = chosen->score.optimistic;
  const Combination how{choice.name, {}, {}, outcome.blend_weight, outcome.input, outcome.model, 0};
  outcome.test = table_of(models.front().test, choice.name, combined(how, test));
  return outcome;
}

StackOutcome stack(const std::vector<ModelPredictions>& models, const std::vector<int>& fold,
                   const std::vector<int>& group, const StackConfig& config, const Neighbours& oof,
                   const Neighbours& test) {
  std::vector<ModelPredictions> mixed = models;
  for (ModelPredictions& model : mixed) {
    model.oof = with_neighbours(std::move(model.oof), oof);
    model.test = with_neighbours(std::move(model.test), test);
  }
  StackOutcome alone = stack(models, fold, group, config), with = stack(mixed, fold, group, config);
  const bool better = with.oof.macro_f1 > alone.oof.macro_f1;
  StackOutcome& outcome = better ? with : alone;
  outcome.neighbours = better ? config.neighbours : 0;
  outcome.reason += fmt::format("; {} with the songs most like each song: {:.3f} with them, {:.3f} without",
                                better ? "averaged" : "not averaged", with.oof.macro_f1, alone.oof.macro_f1);
  if (better && models.size() > 1) keep_scores_of_models(alone, models.size(), outcome);  // one alone is what is chosen
  return outcome;
}

}  // namespace foldwave::ensemble
