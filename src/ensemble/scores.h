// How good predictions are and how sure that is: macro F1 over all rows and per fold, with a jackknife over groups.
#pragma once

#include <string>
#include <vector>

#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

// What every method is scored against.
struct Truth {
  std::vector<int> label;  // [n]
  std::vector<int> fold;   // [n] 0 .. folds-1
  std::vector<int> unit;   // [n] 0 .. units-1: the groups, or the rows where there are none
  int classes = 0, folds = 0, units = 0;
  bool grouped = false;

  std::string spread_over() const;  // "54 groups"
};
Truth truth_of(const catalog::PredictionTable& oof, const std::vector<int>& fold, const std::vector<int>& group);

// Macro F1 without each unit in turn. [units]
std::vector<double> leave_one_out(const Truth& truth, const std::vector<int>& predicted);
// Jackknife standard error of the figure whose leave-one-out values these are (Efron 1979); 0 for fewer than two.
double jackknife_error(const std::vector<double>& leave_one_out);
// The same of the difference of two figures over the same units.
double jackknife_error(const std::vector<double>& a, const std::vector<double>& b);

struct Candidate {
  Score score;                        // but for its lead, and whether it is optimistic
  std::vector<double> leave_one_out;  // macro F1 without each unit
};
Candidate candidate_of(const std::string& name, bool meta, const Truth& truth, const std::vector<float>& probability);

}  // namespace foldwave::ensemble
