// What a person sees of a run: one HTML page with its pictures, and the same in a few lines of text.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/predictions.h"
#include "foldwave/journal/journal.h"

namespace foldwave::report {

struct EpochRow {
  int epoch = 0;
  double lr = 0, train_loss = 0, train_macro_f1 = 0, valid_loss = 0, valid_macro_f1 = 0, seconds = 0;
};

struct ScoreRow {
  std::string name;
  double oof_macro_f1 = 0, standard_error = 0;
  std::vector<double> fold_macro_f1;
  bool meta = false, chosen = false;
  bool optimistic = false;  // chosen by the rows that it is scored on
};

// Everything the page is made of; what a half-finished run lacks stays empty and is named on the page.
struct ReportInput {
  journal::RunRecord record;
  catalog::Catalog catalog;
  std::vector<int> fold;                                // [train rows]
  std::map<std::string, std::vector<EpochRow>> epochs;  // by trial id, from metrics.csv
  std::vector<ScoreRow> scores;                         // from ensemble/scores.json
  std::string chosen_reason;
  std::string standard_error_over;                              // "54 groups"
  std::string submission;                                       // what was submitted, or why nothing was
  catalog::PredictionTable oof;                                 // of the chosen method; empty where there is none
  std::vector<std::pair<std::string, std::string>> quarantine;  // filepath, reason
  std::string config_ini, environment_json;
  std::vector<std::string> unreadable;  // one sentence for each file that is there and could not be read
};
ReportInput read_run(const std::filesystem::path& run_directory, const catalog::Catalog& catalog);
void write_report(const ReportInput& input, const std::filesystem::path& directory);  // index.html, atomic

// The table of scores and the state of stages and trials, for a terminal.
std::string status_text(const ReportInput& input);
std::string status_json(const ReportInput& input);

}  // namespace foldwave::report
