// What a person sees of a run: one HTML page with its pictures, and the same in a few lines of text.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/predictions.h"
#include "foldwave/features/features.h"
#include "foldwave/journal/journal.h"
#include "foldwave/report/explore.h"

namespace foldwave::report {

struct EpochRow {
  int epoch = 0;
  double lr = 0, train_loss = 0, train_macro_f1 = 0, valid_loss = 0, valid_macro_f1 = 0, seconds = 0;
};

struct ScoreRow {
  std::string name;
  double oof_macro_f1 = 0, standard_error = 0;
  std::vector<double> fold_macro_f1;
  double lead = 0, lead_error = 0;  // of its F1 over the geometric mean's, with a standard error; NaN: not told
  bool meta = false, chosen = false;
  bool optimistic = false;  // chosen by the rows that it is scored on
};

// What a model said of a track, in the mean over its seeds.
struct Opinion {
  std::string model;
  int genre = 0;           // class number that it holds for likeliest
  double probability = 0;  // that it gives it
  double of_truth = 0;     // that it gives the true genre
};

// A track that the chosen method is wrong about.
struct WrongTrack {
  std::string song_id, path;
  int truth = 0, predicted = 0;          // class numbers
  double probability = 0, of_truth = 0;  // of the predicted genre, of the true one
  std::vector<Opinion> models;           // those that were asked, in the order of their names
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
  std::set<std::string> stacked;                                // ids of the trials in it; empty: not known
  catalog::PredictionTable oof;                                 // of the chosen method; empty where there is none
  std::vector<std::pair<std::string, std::string>> quarantine;  // filepath, reason
  std::string config_ini, environment_json;
  std::string only_asked;               // of a directory of predictions alone: what was done there; empty: it is a run
  std::vector<std::string> unreadable;  // one sentence for each file that is there and could not be read
  std::set<std::string> damaged;        // the names of those files
  std::set<std::string> without_augmentation;  // backbones that see only a summary
  std::vector<WrongTrack> wrong;               // the most confident first
  // The picture of a song; throws an Error that says why there is none. Empty: nobody has the feature store.
  std::function<Spectrogram(const std::string& song_id)> spectrogram_of;
  features::FeatureConfig features;  // of those pictures
};
ReportInput read_run(const std::filesystem::path& run_directory, const catalog::Catalog& catalog);
// Fills in `wrong`: of the chosen method's out-of-fold predictions so many at most, and what the trials' oof.h5, read
// one by one, say of them.
void read_wrong_tracks(ReportInput& input, size_t most = 20);
// index.html, and its pictures as *.png and *.svg; each atomic.
void write_report(const ReportInput& input, const std::filesystem::path& directory);
std::string report_text(const ReportInput& input);  // the same for a terminal, without the pictures

// The table of scores and the state of stages and trials, for a terminal.
std::string status_text(const ReportInput& input);
std::string status_json(const ReportInput& input);

}  // namespace foldwave::report
