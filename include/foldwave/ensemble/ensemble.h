// Gathered predictions of many models -> one: blends and a stacked logistic regression, scored honestly, and the
// submission.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/catalog/predictions.h"
#include "foldwave/core/options.h"
#include "foldwave/models/logistic.h"
#include "foldwave/models/neighbours.h"

namespace foldwave::ensemble {

// What the meta-model sees of the models: their probabilities, or the logarithms of these (clipped at 1e-7).
enum class StackInput { probability, log_probability };

constexpr int kMostNeighbours = 100;

struct StackConfig {
  std::string method = "auto";  // auto | logistic | mean | geometric | weighted
  std::vector<double> c = {1};  // inverse of the L2 penalty, as scikit-learn's C; ascending, the best is chosen
  StackInput input = StackInput::probability;
  int neighbours = 0;  // songs that sound most like a song, and what is said of them counts for it too
  std::vector<std::string> inputs = {}, test_inputs = {};  // files of other programs, which may be patterns
};
void declare_options(OptionRegistry& registry);  // stack.*
StackConfig stack_config(const Settings& settings);

// One model over all folds: its OOF rows in the order of the training rows, its test rows averaged over folds
// and, where there is one, the fit on all rows.
struct ModelPredictions {
  catalog::PredictionTable oof, test;
  bool outside = false;                  // another program's
  std::vector<std::string> trials = {};  // ids of the run's own that are in it
};
// Puts the folds' tables together, matched by song_id; a test table of a fit on all rows counts as one fold more.
// InputError naming what is missing, double, NaN or not a
// distribution.
ModelPredictions gather(const std::vector<catalog::PredictionTable>& oof_folds,
                        const std::vector<catalog::PredictionTable>& test_folds,
                        const std::vector<std::string>& train_ids, const std::vector<std::string>& test_ids);

// all: every training song must have an OOF row. there: a check, before it is known which songs' audio is usable.
enum class Rows { all, there };
// Models of other programs: files of stack.inputs that name the same model and seed are its folds, one that names none
// is a whole model; a file of stack.test_inputs goes with the model that it names or, where it names none, with the one
// in its place among those without a name. InputError naming the file and the song where a label or a fold is another
// than the tables say, and as gather.
std::vector<ModelPredictions> read_outside(const StackConfig& config, const catalog::Catalog& catalog,
                                           const catalog::Folds& folds, const std::vector<std::string>& train_ids,
                                           const std::vector<std::string>& test_ids, Rows which = Rows::all);

// Tables of the same songs in the same order: the mean of their probabilities, row by row. `tables` is not empty.
catalog::PredictionTable mean_of(const std::vector<catalog::PredictionTable>& tables);
// One model trained with several seeds: the same of its OOF and of its test rows.
ModelPredictions average(const std::vector<ModelPredictions>& seeds);

// Which rows of a table are of songs that sound alike. [rows]
using Neighbours = std::vector<std::vector<models::Neighbour>>;
// Each row is averaged with those of its neighbours, which count as the square of their likeness.
catalog::PredictionTable with_neighbours(catalog::PredictionTable table, const Neighbours& neighbours);

struct Score {
  std::string name;  // "resnet18+specaugment", "mean", "logistic", ...
  double oof_macro_f1 = 0;
  double standard_error = 0;          // over groups (or rows), by jackknife
  std::vector<double> fold_macro_f1;  // [folds]
  double lead = 0, lead_error = 0;    // its F1 over that of the geometric mean, and the standard error of that
  bool meta = false;                  // a blend or a meta-model rather than one model
  bool optimistic = false;            // it, or a model in it, was chosen by the rows that it is scored on
};

// How models' predictions become one, with all that was learned for it.
struct Combination {
  std::string method = "geometric";            // or mean, weighted, logistic; the name of the only model there is
  std::vector<std::string> models, class_ids;  // that it was made for, in order; empty: any
  std::vector<double> weight;                  // [models] of the weighted mean
  StackInput input = StackInput::probability;
  models::LogisticModel model;
  int neighbours = 0;  // the models' tables are averaged with so many first
};
// From ensemble/meta_model.json. InputError on anything else.
Combination read_meta_model(const std::filesystem::path& path);
void require_models(const Combination& how, std::vector<std::string> names);  // InputError where it is for others
// Tables of the same songs, each a model by its name.
catalog::PredictionTable combine(const std::vector<catalog::PredictionTable>& tables, const Combination& how);

struct StackOutcome {
  std::vector<Score> scores;           // models, then blends and meta-models (cross-validated on the same folds)
  std::string spread_over;             // what the standard errors are over: "54 groups"
  std::string chosen;                  // the method that makes the submission
  std::string reason;                  // in one sentence
  catalog::PredictionTable oof, test;  // of the chosen method
  std::vector<double> blend_weight;    // [models] of the weighted mean over all rows
  double c = 0;                        // of the logistic regression
  std::vector<double> c_of_fold;       // [folds] that its rows were answered with; empty with one fold
  StackInput input = StackInput::probability;
  models::LogisticModel model;  // over all rows
  int neighbours = 0;           // that each model's rows were averaged with; 0: none
};
// fold, group: [train rows]; group may be empty.
StackOutcome stack(const std::vector<ModelPredictions>& models, const std::vector<int>& fold,
                   const std::vector<int>& group, const StackConfig& config);
// The same with and without the neighbours of the OOF and of the test rows, whichever scores higher on the OOF rows.
// Single models are scored without.
StackOutcome stack(const std::vector<ModelPredictions>& models, const std::vector<int>& fold,
                   const std::vector<int>& group, const StackConfig& config, const Neighbours& oof,
                   const Neighbours& test);

// RUN/ensemble: oof.h5, test.h5, scores.json, meta_model.json, submission.csv (every test id once, in test.csv's
// order) and probabilities.csv (the same, a column a class); and outside-N.h5, the OOF predictions of each model of
// another program under the name of its score, for the report: a run's own lie in trials/.
void write_ensemble(const std::filesystem::path& directory, const catalog::Catalog& catalog,
                    const StackOutcome& outcome, const std::vector<ModelPredictions>& models);
// The same of predictions alone: test.h5, submission.csv, probabilities.csv.
void write_answers(const std::filesystem::path& directory, const catalog::Catalog& catalog,
                   const catalog::PredictionTable& test);

}  // namespace foldwave::ensemble
