// Gathered predictions of many models -> one: blends and a stacked logistic regression, scored honestly, and the
// submission.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/predictions.h"
#include "foldwave/core/options.h"
#include "foldwave/models/logistic.h"

namespace foldwave::ensemble {

struct StackConfig {
  std::string method = "auto";  // auto | logistic | mean | geometric | weighted
  double c = 1;                 // inverse of the L2 penalty, as scikit-learn's C
};
void declare_options(OptionRegistry& registry);  // stack.method, .c
StackConfig stack_config(const Settings& settings);

// One model over all folds: its OOF rows in the order of the training rows, its test rows averaged over folds
// and, where there is one, the fit on all rows.
struct ModelPredictions {
  catalog::PredictionTable oof, test;
};
// Puts the folds' tables together, matched by song_id; a test table of a fit on all rows counts as one fold more.
// InputError naming what is missing, double, NaN or not a
// distribution.
ModelPredictions gather(const std::vector<catalog::PredictionTable>& oof_folds,
                        const std::vector<catalog::PredictionTable>& test_folds,
                        const std::vector<std::string>& train_ids, const std::vector<std::string>& test_ids);

// One model trained with several seeds: the mean of their probabilities, row by row. `seeds` is not empty.
ModelPredictions average(const std::vector<ModelPredictions>& seeds);

struct Score {
  std::string name;  // "resnet18+specaugment", "mean", "logistic", ...
  double oof_macro_f1 = 0;
  double standard_error = 0;          // over groups (or rows), by jackknife
  std::vector<double> fold_macro_f1;  // [folds]
  bool meta = false;                  // a blend or a meta-model rather than one model
  bool optimistic = false;            // it, or a model in it, was chosen by the rows that it is scored on
};

struct StackOutcome {
  std::vector<Score> scores;           // models, then blends and meta-models (cross-validated on the same folds)
  std::string spread_over;             // what the standard errors are over: "54 groups"
  std::string chosen;                  // the method that makes the submission
  std::string reason;                  // in one sentence
  catalog::PredictionTable oof, test;  // of the chosen method
  std::vector<double> blend_weight;    // [models] of the weighted mean over all rows
  double c = 0;                        // of the logistic regression
  models::LogisticModel model;         // over all rows
};
// fold, group: [train rows]; group may be empty.
StackOutcome stack(const std::vector<ModelPredictions>& models, const std::vector<int>& fold,
                   const std::vector<int>& group, const StackConfig& config);

// RUN/ensemble: oof.h5, test.h5, scores.json, meta_model.json, submission.csv (every test id once, in test.csv's
// order).
void write_ensemble(const std::filesystem::path& directory, const catalog::Catalog& catalog,
                    const StackOutcome& outcome, const std::vector<ModelPredictions>& models);

}  // namespace foldwave::ensemble
