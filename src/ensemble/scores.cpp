#include "ensemble/scores.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "foldwave/core/errors.h"

namespace foldwave::ensemble {
namespace {

// Class by class: rows that are of it, rows taken for it, rows that are both.
struct Counts {
  std::vector<int> truth, predicted, both;

  explicit Counts(int classes) : truth(classes), predicted(classes), both(classes) {}
  void add(int is, int taken_for, int times) {
    truth[is] += times;
    predicted[taken_for] += times;
    if (is == taken_for) both[is] += times;
  }
};

// As catalog::macro_f1, from counts.
double macro_f1(const Counts& counts) {
  double sum = 0;
  int classes = 0;
  for (size_t k = 0; k < counts.truth.size(); ++k) {
    const int either = counts.truth[k] + counts.predicted[k];
    if (either == 0) continue;
    sum += 2.0 * counts.both[k] / either;
    ++classes;
  }
  return classes ? sum / classes : 0;
}

// Numbers 0, 1, ... in the order of the values, and how many there are.
std::vector<int> numbered(const std::vector<int>& values, int& count) {
  std::map<int, int> number;
  for (const int value : values) number.emplace(value, 0);
  count = 0;
  for (auto& entry : number) entry.second = count++;
  std::vector<int> numbers;
  for (const int value : values) numbers.push_back(number.at(value));
  return numbers;
}

}  // namespace

std::string Truth::spread_over() const { return std::to_string(units) + (grouped ? " groups" : " songs"); }

Truth truth_of(const catalog::PredictionTable& oof, const std::vector<int>& fold, const std::vector<int>& group) {
  if (fold.size() != oof.rows() || (!group.empty() && group.size() != oof.rows()))
    throw InputError("stacking: " + std::to_string(oof.rows()) + " OOF rows, but " + std::to_string(fold.size()) +
                     " folds and " + std::to_string(group.size()) + " groups");
  Truth truth;
  truth.label = oof.label;
  truth.classes = oof.classes;
  if (!fold.empty() && *std::min_element(fold.begin(), fold.end()) < 0)
    throw InputError("stacking: a training song has no fold");
  truth.fold = numbered(fold, truth.folds);
  truth.unit = numbered(group, truth.units);
  truth.grouped = truth.units > 1;
  if (!truth.grouped) {
    truth.units = static_cast<int>(oof.rows());
    truth.unit.resize(oof.rows());
    for (int row = 0; row < truth.units; ++row) truth.unit[row] = row;
  }
  return truth;
}

std::vector<double> leave_one_out(const Truth& truth, const std::vector<int>& predicted) {
  std::vector<std::vector<int>> rows_of(truth.units);
  for (size_t row = 0; row < truth.unit.size(); ++row) rows_of[truth.unit[row]].push_back(static_cast<int>(row));
  Counts counts(truth.classes);
  for (size_t row = 0; row < predicted.size(); ++row) counts.add(truth.label[row], predicted[row], 1);
  std::vector<double> without;
  for (const std::vector<int>& rows : rows_of) {
    for (const int row : rows) counts.add(truth.label[row], predicted[row], -1);
    without.push_back(macro_f1(counts));
    for (const int row : rows) counts.add(truth.label[row], predicted[row], 1);
  }
  return without;
}

double jackknife_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  if (n < 2) return 0;
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt((n - 1) / n * squares);
}

double jackknife_error(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> difference(a.size());
  std::transform(a.begin(), a.end(), b.begin(), difference.begin(), std::minus<>());
  return jackknife_error(difference);
}

Candidate candidate_of(const std::string& name, bool meta, const Truth& truth, const std::vector<float>& probability) {
  const std::vector<int> predicted = catalog::most_likely(probability, truth.classes);
  Candidate candidate{{.name = name, .fold_macro_f1 = {}, .meta = meta}, leave_one_out(truth, predicted)};
  Score& result = candidate.score;
  result.oof_macro_f1 = catalog::macro_f1(truth.label, predicted, truth.classes);
  result.standard_error = jackknife_error(candidate.leave_one_out);
  for (int k = 0; k < truth.folds; ++k) {
    std::vector<int> fold_truth, fold_predicted;
    for (size_t row = 0; row < predicted.size(); ++row) {
      if (truth.fold[row] != k) continue;
      fold_truth.push_back(truth.label[row]);
      fold_predicted.push_back(predicted[row]);
    }
    result.fold_macro_f1.push_back(catalog::macro_f1(fold_truth, fold_predicted, truth.classes));
  }
  return candidate;
}

}  // namespace foldwave::ensemble
