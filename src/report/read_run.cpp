#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/csv.h"
#include "foldwave/report/explore.h"
#include "foldwave/report/report.h"
#include "report/readable.h"

namespace foldwave::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

double number(std::string_view text) {
  double value = std::nan("");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double number(const json& value) { return value.is_number() ? value.get<double>() : std::nan(""); }

// The rows of epochs; those of steps, which have no loss of an epoch, are passed over. NaN where there is no
// validation.
std::vector<EpochRow> read_epochs(const fs::path& path) {
  const formats::CsvTable table = formats::read_csv(path);
  const auto field = [&](size_t row, const char* name) { return number(table.field(row, table.require_column(name))); };
  std::vector<EpochRow> epochs;
  const size_t told = table.require_column("train_loss");
  for (size_t row = 0; row < table.rows.size(); ++row) {
    if (table.field(row, told).empty()) continue;
    epochs.push_back({.epoch = static_cast<int>(field(row, "epoch")),
                      .lr = field(row, "lr"),
                      .train_loss = field(row, "train_loss"),
                      .train_macro_f1 = field(row, "train_macro_f1"),
                      .valid_loss = field(row, "valid_loss"),
                      .valid_macro_f1 = field(row, "valid_macro_f1"),
                      .seconds = field(row, "seconds")});
  }
  return epochs;
}

// trials/<model>/seed-<s>/fold-<k>/metrics.csv, by the path between.
void read_all_epochs(const fs::path& trials, ReportInput& input) {
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(trials, error))
    if (entry.path().filename() == "metrics.csv") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  for (const fs::path& path : found)
    where_there_is(path, input, [&](const fs::path& file) {
      input.epochs[file.parent_path().lexically_relative(trials).generic_string()] = read_epochs(file);
    });
}

void read_scores(const fs::path& path, ReportInput& input) {
  const json document = json::parse(read_file(path));
  input.chosen_reason = document.value("reason", "");
  input.standard_error_over = document.value("standard_error_over", "");
  input.submission = document.value("submission", "");
  const std::string chosen = document.value("chosen", "");
  std::vector<ScoreRow> scores;
  for (const json& entry : document.at("scores")) {
    ScoreRow row{.name = entry.value("name", ""),
                 .oof_macro_f1 = entry.at("oof_macro_f1").get<double>(),
                 .standard_error = number(entry.at("standard_error")),
                 .fold_macro_f1 = {},
                 .lead = number(entry.value("lead", json())),
                 .lead_error = number(entry.value("lead_standard_error", json()))};
    for (const json& f1 : entry.at("fold_macro_f1")) row.fold_macro_f1.push_back(number(f1));
    row.meta = entry.value("meta", false);
    row.optimistic = entry.value("optimistic", false);
    row.chosen = row.name == chosen;
    scores.push_back(row);
  }
  if (std::none_of(scores.begin(), scores.end(), [](const ScoreRow& row) { return row.chosen; }))
    throw InputError(path.string() + ": it has chosen '" + chosen + "', which is none of its scores");
  input.scores = std::move(scores);
  input.stacked = document.value("trials", std::set<std::string>());
}

void read_quarantine(const fs::path& path, ReportInput& input) {
  const formats::CsvTable table = formats::read_csv(path);
  const size_t file = table.require_column("filepath"), reason = table.require_column("reason");
  for (size_t row = 0; row < table.rows.size(); ++row)
    input.quarantine.emplace_back(table.field(row, file), table.field(row, reason));
}

catalog::PredictionTable read_finite_predictions(const fs::path& path) {
  catalog::PredictionTable table = catalog::read_predictions(path);
  if (!std::all_of(table.probability.begin(), table.probability.end(), [](float p) { return std::isfinite(p); }))
    throw InputError(path.string() + " holds probabilities that are no numbers");
  return table;
}

}  // namespace

ReportInput read_run(const fs::path& run, const catalog::Catalog& catalog) {
  ReportInput input;
  input.record = journal::replay(run, input.unreadable);
  input.catalog = catalog;
  where_there_is(run / "folds.csv", input, [&](const fs::path& path) { input.fold = read_folds(path, catalog); });
  read_all_epochs(run / "trials", input);
  where_there_is(run / "ensemble" / "scores.json", input, [&](const fs::path& path) { read_scores(path, input); });
  where_there_is(run / "ensemble" / "oof.h5", input,
                 [&](const fs::path& path) { input.oof = read_finite_predictions(path); });
  where_there_is(run / "quarantine.csv", input, [&](const fs::path& path) { read_quarantine(path, input); });
  where_there_is(run / "config.ini", input, [&](const fs::path& path) { input.config_ini = read_file(path); });
  where_there_is(run / "environment.json", input, [&](const fs::path& path) {
    const std::string text = read_file(path);
    if (!json::accept(text)) throw InputError(path.string() + " is not JSON, so the versions are unknown");
    input.environment_json = text;
  });
  return input;
}

}  // namespace foldwave::report
