// The meta-model: logistic regression over the models' probabilities side by side, its penalty chosen by
// cross-validation.
#pragma once

#include <string>
#include <vector>

#include "ensemble/blends.h"
#include "ensemble/scores.h"
#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

// Over all rows of `inputs`.
models::LogisticModel fit_meta_model(const Inputs& inputs, const std::vector<int>& label, double c, StackInput input);
std::vector<float> answers_of(const models::LogisticModel& model, const Inputs& inputs, StackInput input);

// What cross-validation over the folds tells of a list of Cs.
struct MetaModelTrial {
  double c = 1;                    // that does best over all folds, for the model over all rows
  std::vector<double> c_of_fold;   // [folds] that did best over the other folds
  std::vector<float> probability;  // [rows, classes] each fold's rows as answered by what was learned, C included, from
                                   // the others
};
// Better is a higher macro F1, then a lower log loss, then the smaller C. Of two folds, each leaves but one to choose
// by, and that is done by its two halves (by group); where it cannot be halved, with the smallest C. Needs two folds.
MetaModelTrial try_meta_model(const Inputs& inputs, const Truth& truth, const StackConfig& config);

}  // namespace foldwave::ensemble
