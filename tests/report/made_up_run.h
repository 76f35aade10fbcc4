// A small run, made up: 2 models, 2 folds, 3 genres, 12 songs.
#pragma once

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "foldwave/core/files.h"
#include "foldwave/report/report.h"

namespace foldwave::report::test {

inline catalog::Catalog made_up_catalog() {
  catalog::Catalog catalog;
  for (int i = 0; i < 12; ++i) {
    catalog.tracks.push_back({"0" + std::to_string(i), "audio/" + std::to_string(i) + ".ogg"});
    catalog.train.push_back(i);
    catalog.label.push_back(i % 3);
  }
  catalog.class_ids = {"1", "2", "3"};
  catalog.class_names = {"Rock", "<script>alert(1)</script>", "Folk `touch executed`"};
  catalog.id_column = "song_id", catalog.label_column = "genre_id";
  return catalog;
}

inline journal::TrialRecord trial(const std::string& id, journal::TrialState state, double f1 = 0) {
  journal::TrialRecord record;
  record.id = id;
  record.identity = "x";
  record.state = state;
  record.epochs = 10;
  record.epoch = state == journal::TrialState::running ? 3 : state == journal::TrialState::finished ? 10 : 0;
  record.valid_macro_f1 = f1;
  record.seconds = state == journal::TrialState::finished ? 20 : 0;
  return record;
}

inline ReportInput finished_run() {
  using journal::TrialState;
  ReportInput input;
  input.catalog = made_up_catalog();
  input.record.directory = "runs/demo";
  input.record.launches = {
      {"l1", "node1", "", "mpirun -n 2 foldwave run --config 'a <b>.ini'", 2, 1795560000, 1795560100, "done", ""}};
  input.record.stages = {{"prepare", "done", 1795560000, 1795560012.3, "12 tracks"},
                         {"train", "done", 1795560013, 1795560090, "4 trials"}};
  for (const char* id : {"mfcc_mlp/seed-1/fold-0", "mfcc_mlp/seed-1/fold-1", "resnet18+noise/seed-1/fold-0",
                         "resnet18+noise/seed-1/fold-1"}) {
    input.record.trials[id] = trial(id, TrialState::finished, 0.5);
    for (int epoch = 1; epoch <= 3; ++epoch)
      input.epochs[id].push_back({epoch, 1e-3, 1.0 / epoch, 0.3 * epoch, 1.2 / epoch, 0.2 * epoch, 1.5});
  }
  for (int i = 0; i < 12; ++i) input.fold.push_back(i / 6);
  input.scores = {{"mfcc_mlp", 0.5, 0.05, {0.45, 0.55}, false, false},
                  {"resnet18+noise", 0.6, 0.04, {0.58, 0.62}, false, false},
                  {"geometric", 0.65, 0.03, {0.6, 0.7}, true, true}};
  input.chosen_reason = "geometric is best";
  input.standard_error_over = "12 songs";
  input.submission = "3 songs";
  input.oof.classes = 3;
  for (int i = 0; i < 12; ++i) {
    input.oof.song_id.push_back("0" + std::to_string(i));
    input.oof.label.push_back(i % 3);
    for (int k = 0; k < 3; ++k) input.oof.probability.push_back(k == (i == 0 ? 1 : i % 3) ? 0.8f : 0.1f);
  }
  input.quarantine = {{"audio/<i>bad</i>.ogg", "zero bytes & nothing else"}};
  input.config_ini = "[stack]\nmethod = auto\n";
  input.environment_json = R"({"versions": {"HDF5": "1.10.8"}})";
  return input;
}

// With a fit on all rows of one model, which has no F1.
inline ReportInput run_with_refit() {
  ReportInput input = finished_run();
  const std::string id = "mfcc_mlp/seed-1/fold-all";
  input.record.trials[id] = trial(id, journal::TrialState::finished, std::nan(""));
  for (int epoch = 1; epoch <= 3; ++epoch)
    input.epochs[id].push_back({epoch, 1e-3, 7.5 / epoch, 0.3 * epoch, std::nan(""), std::nan(""), 1.5});
  return input;
}

inline ReportInput half_finished_run() {
  using journal::TrialState;
  ReportInput input = finished_run();
  input.scores.clear();
  input.chosen_reason.clear(), input.standard_error_over.clear(), input.submission.clear();
  input.oof = {};
  input.record.launches[0].ending.clear();
  input.record.launches[0].ended_s = 0;
  input.record.stages[1] = {"train", "running", 1795560013, 0, ""};
  input.record.trials["mfcc_mlp/seed-1/fold-1"] = trial("mfcc_mlp/seed-1/fold-1", TrialState::running);
  auto& running = input.record.trials["mfcc_mlp/seed-1/fold-1"];
  running.started_s = 1000;
  running.started_epoch = 1;
  running.last_epoch_s = 1010;
  running.best_macro_f1 = 0.625;
  running.group = 1;
  running.host = "node1";
  input.record.trials["resnet18+noise/seed-1/fold-0"] = trial("resnet18+noise/seed-1/fold-0", TrialState::failed);
  input.record.trials["resnet18+noise/seed-1/fold-0"].message = "loss is nan";
  input.record.trials["resnet18+noise/seed-1/fold-1"] = trial("resnet18+noise/seed-1/fold-1", TrialState::pending);
  return input;
}

// A directory of its own for each test, empty at first and gone at the end.
class TestDirectory {
 public:
  explicit TestDirectory(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("foldwave_report_" + name + "_" + std::to_string(getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TestDirectory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace foldwave::report::test
