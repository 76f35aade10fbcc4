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
  const std::vector<std::pair<double, double>> times{{13, 30}, {13, 40}, {30, 60}, {40, 90}};
  for (const auto& [id, record] : input.record.trials) {
    const auto& [from, to] = times[input.record.spans.size()];
    const int group = static_cast<int>(input.record.spans.size()) % 2;
    input.record.spans.push_back({id, "l1", "", "node1", group, 1795560000 + from, 1795560000 + to, "finished"});
  }
  for (int i = 0; i < 12; ++i) input.fold.push_back(i / 6);
  input.scores = {{"mfcc_mlp", 0.5, 0.05, {0.45, 0.55}, -0.15, 0.02, false, false},
                  {"resnet18+noise", 0.6, 0.04, {0.58, 0.62}, 0, 0, false, false},
                  {"geometric", 0.65, 0.03, {0.6, 0.7}, 0, 0, true, true}};
  input.chosen_reason = "geometric is best";
  input.standard_error_over = "12 songs";
  input.submission = "3 songs";
  input.oof.classes = 3;
  for (int i = 0; i < 12; ++i) {
    input.oof.song_id.push_back("0" + std::to_string(i));
    input.oof.label.push_back(i % 3);
    for (int k = 0; k < 3; ++k) input.oof.probability.push_back(k == (i == 0 ? 1 : i % 3) ? 0.8f : 0.1f);
  }
  input.wrong = {{"00", "audio/0.ogg", 0, 1, 0.8, 0.1, {{"mfcc_mlp", 1, 0.7, 0.2}, {"resnet18+noise", 0, 0.5, 0.5}}}};
  input.without_augmentation = {"mfcc_mlp"};
  input.features.n_mels = 32;
  input.spectrogram_of = [](const std::string& song_id) {
    Spectrogram spectrogram{.song_id = song_id, .genre = "", .begin_s = 0, .frames = 20, .db = {}};
    for (int i = 0; i < 20 * 32; ++i) spectrogram.db.push_back(static_cast<float>(-i % 80));
    return spectrogram;
  };
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
  input.wrong.clear();
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

// So many genres, each with some songs.
inline ReportInput run_of_genres(int genres) {
  ReportInput input = finished_run();
  input.catalog = {};
  input.catalog.id_column = "song_id", input.catalog.label_column = "genre_id";
  input.oof = {};
  input.oof.classes = genres;
  input.fold.clear();
  input.wrong.clear();
  for (int k = 0; k < genres; ++k) {
    input.catalog.class_ids.push_back(std::to_string(k));
    input.catalog.class_names.push_back(k % 3 ? "Genre " + std::to_string(k)
                                              : "Old-Time / Historic " + std::to_string(k));
  }
  for (int i = 0; i < 20 * genres; ++i) {
    const std::string id = std::to_string(i);
    input.catalog.tracks.push_back({id, "audio/" + id + ".ogg"});
    input.catalog.train.push_back(i);
    input.catalog.label.push_back(i % genres);
    input.fold.push_back(i % 5);
    input.oof.song_id.push_back(id);
    input.oof.label.push_back(i % genres);
    for (int k = 0; k < genres; ++k) input.oof.probability.push_back(k == (i * 7 / 5) % genres ? 0.9F : 0.01F);
  }
  return input;
}

// Names that are markup, commands, not UTF-8, or very long, wherever the page shows a name.
inline ReportInput hostile_run() {
  const std::string longest(300, 'w');
  const std::vector<std::string> names{"<script>alert(1)</script>", "`touch executed` $(touch executed)",
                                       "\"'\" onload='alert(1)", "\xff\xfe not UTF-8", longest};
  ReportInput input = finished_run();
  input.record.trials.clear(), input.record.spans.clear(), input.epochs.clear();
  input.scores.clear();
  input.wrong.clear();
  input.record.directory = "runs/" + names[0].substr(0, 8);
  input.catalog.class_names = {names[0], names[1], longest};
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string id =
        names[i] + "+" + names[(i + 1) % names.size()] + "+" + names[(i + 2) % names.size()] + "=1/seed-1/fold-0";
    input.record.trials[id] = trial(id, journal::TrialState::finished, 0.1 * static_cast<double>(i));
    input.record.trials[id].message = names[i];
    input.record.spans.push_back({id, "l1", names[i], names[i], static_cast<int>(i), 1795560000, 1795560060, names[i]});
    for (int epoch = 1; epoch <= 3; ++epoch) input.epochs[id].push_back({epoch, 1e-3, 1, 0.3, 1.2, 0.2, 1.5});
    input.scores.push_back({names[i], 0.5, 0.05, {0.45, 0.55}, 0.01 * static_cast<double>(i), 0.02, false, i == 0});
    input.wrong.push_back({names[i], "audio/" + names[i], 0, 1, 0.8, 0.1, {{names[i], 1, 0.7, 0.2}}});
    input.quarantine.emplace_back(names[i], names[i]);
    input.record.notes.push_back(names[i]);
    input.unreadable.push_back(names[i]);
  }
  input.record.launches[0].command = input.record.launches[0].host = names[0];
  input.record.stages.push_back({names[0], names[1], 1795560000, 1795560012, longest});
  input.chosen_reason = input.standard_error_over = input.submission = names[1];
  input.config_ini = names[0] + longest;
  input.environment_json = R"({"versions": {"<script>alert(1)</script>": "`touch executed`"}})";
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
