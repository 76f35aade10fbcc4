#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "ensemble/meta_model_file.h"
#include "foldwave/core/descriptor.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/tenure.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/formats/csv.h"

namespace foldwave::ensemble {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json) { return json.dump(2) + "\n"; }

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

int most_frequent_class(const catalog::Catalog& catalog) {
  std::vector<int> count(catalog.classes(), 0);
  for (const int label : catalog.label) ++count[label];
  return static_cast<int>(std::max_element(count.begin(), count.end()) - count.begin());
}

struct Submission {
  std::string csv;
  size_t rows = 0;
  size_t by_prior = 0;  // test songs without a prediction: their audio could not be used
};

Submission submission_of(const catalog::Catalog& catalog, const catalog::PredictionTable& test) {
  const std::vector<int> answer = catalog::most_likely(test.probability, test.classes);
  std::unordered_map<std::string, int> answer_of;
  for (size_t row = 0; row < test.rows(); ++row) answer_of.emplace(test.song_id[row], answer[row]);
  Submission submission{.csv = formats::csv_row({catalog.id_column, catalog.label_column})};
  for (const int track : catalog.test) {
    const std::string& id = catalog.tracks[track].id;
    const auto found = answer_of.find(id);
    submission.by_prior += found == answer_of.end();
    submission.csv += formats::csv_row(
        {id, catalog.class_ids[found == answer_of.end() ? most_frequent_class(catalog) : found->second]});
    ++submission.rows;
  }
  return submission;
}

// Each test song's probabilities, in the order of the test table; every song has some.
std::string probabilities_csv(const catalog::Catalog& catalog, const catalog::PredictionTable& test) {
  std::vector<std::string> header{catalog.id_column};
  header.insert(header.end(), catalog.class_ids.begin(), catalog.class_ids.end());
  std::string csv = formats::csv_row(header);
  for (size_t row = 0; row < test.rows(); ++row) {
    csv += formats::csv_field(test.song_id[row]);
    for (int k = 0; k < test.classes; ++k)
      csv += fmt::format(",{:.7g}", test.probability[row * static_cast<size_t>(test.classes) + static_cast<size_t>(k)]);
    csv += "\n";
  }
  return csv;
}

std::string what_was_submitted(const Submission& submission) {
  if (submission.rows == 0) return "none: there are no test songs";
  if (submission.by_prior == 0) return fmt::format("{} songs", submission.rows);
  return fmt::format("{} songs, {} of them without usable audio and given the most frequent class", submission.rows,
                     submission.by_prior);
}

Json scores_json(const StackOutcome& outcome, const Submission& submission,
                 const std::vector<ModelPredictions>& models) {
  Json scores = Json::array(), trials = Json::array();
  for (const ModelPredictions& model : models)
    for (const std::string& trial : model.trials) trials.push_back(trial);
  for (const Score& score : outcome.scores) {
    Json folds = Json::array();
    for (const double f1 : score.fold_macro_f1) folds.push_back(number(f1));
    scores.push_back({{"name", score.name},
                      {"meta", score.meta},
                      {"optimistic", score.optimistic},
                      {"oof_macro_f1", number(score.oof_macro_f1)},
                      {"standard_error", number(score.standard_error)},
                      {"fold_macro_f1", folds},
                      {"lead", number(score.lead)},
                      {"lead_standard_error", number(score.lead_error)}});
  }
  return {{"format", "foldwave-scores"},
          {"version", 1},
          {"chosen", outcome.chosen},
          {"reason", outcome.reason},
          {"neighbours", outcome.neighbours},
          {"standard_error_over", outcome.spread_over},
          {"oof_songs", outcome.oof.rows()},
          {"submission", what_was_submitted(submission)},
          {"trials", trials},
          {"scores", scores}};
}

std::string outside_name(size_t number) { return fmt::format("outside-{}.h5", number); }

void write_outside_models(const std::filesystem::path& folder, const StackOutcome& outcome,
                          const std::vector<ModelPredictions>& models) {
  size_t number = 0;
  for (size_t i = 0; i < models.size(); ++i) {
    if (!models[i].outside) continue;
    catalog::PredictionTable table = models[i].oof;
    table.model = outcome.scores[i].name, table.augment.clear();
    catalog::write_predictions(folder / outside_name(number++), table);
  }
}

// The files of one outcome belong together, so they are all written before the first of them replaces an old one: a
// launch that is killed or finds the disk full while it writes leaves the ensemble as it was.
void replace_together(const std::filesystem::path& written, const std::filesystem::path& directory) {
  Tenure::check();
  std::vector<std::string> names{"oof.h5",         "test.h5",         "probabilities.csv",
                                 "submission.csv", "meta_model.json", "scores.json"};
  const auto there = [](const std::filesystem::path& path) { return std::filesystem::exists(path); };
  for (size_t number = 0; there(written / outside_name(number)) || there(directory / outside_name(number)); ++number) {
    names.push_back(outside_name(number));
    if (!there(written / names.back())) std::filesystem::remove(directory / names.back());  // an earlier outcome's
  }
  for (const std::string& name : names) {
    if (!there(written / name)) continue;
    std::error_code error;
    std::filesystem::rename(written / name, directory / name, error);
    if (error) throw SystemError("renaming '" + (written / name).string() + "'", error.value());
  }
  Descriptor(directory, O_RDONLY | O_DIRECTORY).sync();
  std::filesystem::remove_all(written);
}

std::filesystem::path new_folder(const std::filesystem::path& directory) {
  const auto fresh = directory / "new";
  std::filesystem::remove_all(fresh);
  make_directories(fresh);
  return fresh;
}

void write_test_files(const std::filesystem::path& folder, const catalog::Catalog& catalog,
                      const catalog::PredictionTable& test, const Submission& submission) {
  catalog::write_predictions(folder / "test.h5", test);
  publish(folder / "probabilities.csv", probabilities_csv(catalog, test));
  publish(folder / "submission.csv", submission.csv);
}

}  // namespace

void write_ensemble(const std::filesystem::path& directory, const catalog::Catalog& catalog,
                    const StackOutcome& outcome, const std::vector<ModelPredictions>& models) {
  for (const ModelPredictions& predictions : models)
    if (predictions.oof.classes != catalog.classes())
      throw InputError(fmt::format("the predictions of {} are of {} classes; the training table has {}",
                                   predictions.oof.model, predictions.oof.classes, catalog.classes()));
  const auto fresh = new_folder(directory);
  const Submission submission = submission_of(catalog, outcome.test);
  catalog::write_predictions(fresh / "oof.h5", outcome.oof);
  if (submission.rows > 0) write_test_files(fresh, catalog, outcome.test, submission);
  write_outside_models(fresh, outcome, models);
  publish(fresh / "meta_model.json", text(meta_model_json(outcome, catalog)));
  publish(fresh / "scores.json", text(scores_json(outcome, submission, models)));
  replace_together(fresh, directory);
}

void write_answers(const std::filesystem::path& directory, const catalog::Catalog& catalog,
                   const catalog::PredictionTable& test) {
  const auto fresh = new_folder(directory);
  write_test_files(fresh, catalog, test, submission_of(catalog, test));
  replace_together(fresh, directory);
}

}  // namespace foldwave::ensemble
