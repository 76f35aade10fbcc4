#include "ensemble/meta_model.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "ensemble/fold_rows.h"

namespace foldwave::ensemble {
namespace {

// All models' probabilities, or their logarithms, side by side. [rows, models * classes]
std::vector<double> features_of(const Inputs& inputs, StackInput input) {
  const size_t classes = inputs.classes, models = inputs.model.size();
  std::vector<double> x(inputs.rows * models * classes);
  for (size_t row = 0; row < inputs.rows; ++row)
    for (size_t m = 0; m < models; ++m)
      std::copy_n(&inputs.model[m][row * classes], classes, &x[(row * models + m) * classes]);
  if (input == StackInput::log_probability)
    for (double& value : x) value = std::log(std::max(value, smallest_probability));
  return x;
}

// Models of each C of the list, of the rows of some folds; and their answers for those of others.
class Fits {
 public:
  Fits(const Inputs& inputs, const Truth& truth, const StackConfig& config)
      : inputs_(inputs), truth_(truth), config_(config) {}

  std::vector<models::LogisticModel> of(const std::function<bool(int fold)>& learns) const {
    const std::vector<int> rows = rows_where(truth_, learns);
    const Inputs learn = inputs_.only(rows);
    const std::vector<int> label = labels_of(truth_, rows);
    std::vector<models::LogisticModel> fitted;
    for (const double c : config_.c) fitted.push_back(fit_meta_model(learn, label, c, config_.input));
    return fitted;
  }
  std::vector<models::LogisticModel> without(int a, int b) const {
    return of([=](int fold) { return fold != a && fold != b; });
  }

  // Writes the answers for fold `asked` into those of each C. whole: [Cs][rows, classes]
  void ask(const std::vector<models::LogisticModel>& fitted, int asked, std::vector<std::vector<float>>& whole) const {
    const std::vector<int> rows = rows_where(truth_, [=](int fold) { return fold == asked; });
    const Inputs part = inputs_.only(rows);
    for (size_t i = 0; i < fitted.size(); ++i)
      put(answers_of(fitted[i], part, config_.input), rows, inputs_.classes, whole[i]);
  }

  std::vector<std::vector<float>> no_answers() const {
    return std::vector<std::vector<float>>(config_.c.size(), std::vector<float>(inputs_.rows * inputs_.classes));
  }

 private:
  const Inputs& inputs_;
  const Truth& truth_;
  const StackConfig& config_;
};

// Number of the C whose answers for the rows outside fold `left_out` are the best; all rows where that is -1.
size_t best_of(const std::vector<std::vector<float>>& answers, const Truth& truth, int left_out,
               const std::vector<double>& c) {
  const std::vector<int> rows = rows_where(truth, [=](int fold) { return fold != left_out; });
  const std::vector<int> label = labels_of(truth, rows);
  const Inputs judged = Inputs{.classes = truth.classes, .rows = truth.label.size(), .model = answers}.only(rows);
  size_t best = 0;
  Quality reached;
  for (size_t i = 0; i < c.size(); ++i) {  // ascending
    const Quality candidate = quality(judged.model[i], label, truth.classes);
    if (candidate.better_than(reached)) best = i, reached = candidate;
  }
  return best;
}

// Of two folds, each leaves but one to choose by: its groups (or songs), class by class, are dealt out to two halves, 2
// * fold and 2 * fold + 1. A group is of the class of its first row.
Truth halved(const Truth& truth) {
  std::map<std::pair<int, int>, int> class_of;  // (fold, unit) -> class
  for (size_t row = 0; row < truth.fold.size(); ++row)
    class_of.try_emplace({truth.fold[row], truth.unit[row]}, truth.label[row]);
  std::vector<std::tuple<int, int, int>> dealt;  // (fold, class, unit)
  dealt.reserve(class_of.size());
  for (const auto& [place, label] : class_of) dealt.emplace_back(place.first, label, place.second);
  std::sort(dealt.begin(), dealt.end());
  std::map<std::pair<int, int>, int> half;  // (fold, unit) -> 0 or 1
  for (size_t i = 0; i < dealt.size(); ++i)
    half[{std::get<0>(dealt[i]), std::get<2>(dealt[i])}] = static_cast<int>(i % 2);
  Truth halves = truth;
  halves.folds = 2 * truth.folds;
  for (size_t row = 0; row < truth.fold.size(); ++row)
    halves.fold[row] = 2 * truth.fold[row] + half.at({truth.fold[row], truth.unit[row]});
  return halves;
}

bool has_rows(const Truth& truth, int fold) {
  return std::find(truth.fold.begin(), truth.fold.end(), fold) != truth.fold.end();
}

std::vector<size_t> choose_by_halves(const Inputs& inputs, const Truth& truth, const StackConfig& config) {
  const Truth halves = halved(truth);
  const Fits fits(inputs, halves, config);
  std::vector<size_t> chosen(truth.folds, 0);
  for (int k = 0; k < truth.folds; ++k) {
    const int first = 2 * (1 - k), second = first + 1;  // of the other fold
    if (!has_rows(halves, first) || !has_rows(halves, second)) continue;
    std::vector<std::vector<float>> answers = fits.no_answers();
    fits.ask(fits.of([=](int half) { return half == first; }), second, answers);
    fits.ask(fits.of([=](int half) { return half == second; }), first, answers);
    chosen[k] = best_of(answers, truth, k, config.c);
  }
  return chosen;
}

// For each fold, which C does best among the others. A model that has seen neither of two folds serves both of them.
std::vector<size_t> choose_within(const Fits& fits, const Inputs& inputs, const Truth& truth,
                                  const StackConfig& config) {
  std::vector<size_t> chosen(truth.folds, 0);
  if (config.c.size() < 2) return chosen;
  if (truth.folds == 2) return choose_by_halves(inputs, truth, config);
  std::vector<std::vector<std::vector<float>>> answers(truth.folds, fits.no_answers());  // [fold left out]
  for (int a = 0; a < truth.folds; ++a)
    for (int b = a + 1; b < truth.folds; ++b) {
      const std::vector<models::LogisticModel> fitted = fits.without(a, b);
      fits.ask(fitted, b, answers[a]);
      fits.ask(fitted, a, answers[b]);
    }
  for (int k = 0; k < truth.folds; ++k) chosen[k] = best_of(answers[k], truth, k, config.c);
  return chosen;
}

}  // namespace

models::LogisticModel fit_meta_model(const Inputs& inputs, const std::vector<int>& label, double c, StackInput input) {
  return models::fit_logistic(features_of(inputs, input), label, static_cast<int>(inputs.model.size()) * inputs.classes,
                              inputs.classes, c);
}

std::vector<float> answers_of(const models::LogisticModel& model, const Inputs& inputs, StackInput input) {
  if (inputs.rows == 0) return {};
  const std::vector<double> probability = models::predict_probability(model, features_of(inputs, input));
  return {probability.begin(), probability.end()};
}

MetaModelTrial try_meta_model(const Inputs& inputs, const Truth& truth, const StackConfig& config) {
  const Fits fits(inputs, truth, config);
  const std::vector<size_t> chosen = choose_within(fits, inputs, truth, config);
  std::vector<std::vector<float>> answers = fits.no_answers();
  for (int k = 0; k < truth.folds; ++k) fits.ask(fits.without(k, k), k, answers);
  MetaModelTrial trial;
  trial.c = config.c[best_of(answers, truth, -1, config.c)];
  trial.probability.resize(inputs.rows * inputs.classes);
  for (const size_t number : chosen) trial.c_of_fold.push_back(config.c[number]);
  for (size_t row = 0; row < inputs.rows; ++row)
    std::copy_n(&answers[chosen[truth.fold[row]]][row * inputs.classes], inputs.classes,
                &trial.probability[row * inputs.classes]);
  return trial;
}

}  // namespace foldwave::ensemble
