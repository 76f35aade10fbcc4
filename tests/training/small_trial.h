// A trial on the small store, for one test: eight songs to train on, three to validate.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "../batches/small_store.h"
#include "comm/thread_group.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/models/models.h"
#include "foldwave/training/training.h"

namespace foldwave::training {

using Values = std::vector<std::pair<std::string, std::string>>;  // key, value

// metrics.csv but for its last three columns, which are of time.
inline std::string without_times(const std::string& csv) {
  std::string kept, line;
  for (size_t begin = 0; begin < csv.size();) {
    const size_t end = csv.find('\n', begin);
    line = csv.substr(begin, end - begin);
    for (int column = 0; column < 3; ++column) line.erase(line.rfind(','));
    kept += line + "\n";
    begin = end + 1;
  }
  return kept;
}

class SmallTrial : public batches::SmallStore {
 protected:
  SmallTrial() {
    declare_options(registry_);
    models::declare_options(registry_);
    augment::declare_options(registry_);
  }

  // Three epochs of three steps, unless `values` says otherwise.
  TrialSetup setup(const std::string& model, const std::string& name, const Values& values = {}) {
    Settings settings(registry_);
    for (const auto& [key, value] : Values{{"train.epochs", "3"},
                                           {"train.batch", "3"},
                                           {"train.crop_frames", "32"},
                                           {"train.threads", "1"},
                                           {"train.checkpoint_s", "0"},
                                           {"predict.crops", "2"}})
      settings.set(key, value, "test");
    for (const auto& [key, value] : values) settings.set(key, value, "test");
    TrialSetup setup{.model = model,
                     .augment_name = "none",
                     .settings = settings,
                     .augment = {},
                     .directory = folder / name,
                     .train = {},
                     .valid = {},
                     .valid_ids = {},
                     .class_ids = {"3", "5", "8"}};
    for (int track = 0; track < 11; ++track) {
      auto& songs = track < 8 ? setup.train : setup.valid;
      songs.track.push_back(track);
      songs.label.push_back(track % 3);
      if (track >= 8) setup.valid_ids.push_back("song " + std::to_string(track));
    }
    return setup;
  }

  // The same with the validation songs among those that train, so that an epoch has four steps.
  static TrialSetup on_all_rows(TrialSetup setup) {
    setup.train.track.insert(setup.train.track.end(), setup.valid.track.begin(), setup.valid.track.end());
    setup.train.label.insert(setup.train.label.end(), setup.valid.label.begin(), setup.valid.label.end());
    setup.valid = {};
    setup.valid_ids.clear();
    setup.fold = catalog::kAllRows;
    return setup;
  }

  TrialOutcome train(const TrialSetup& what, int ranks = 1,
                     const std::function<void(const EpochRecord&)>& on_epoch = {}) {
    const store::FeatureStore store(folder);
    comm::ThreadGroup group(ranks);
    std::vector<TrialOutcome> outcomes(static_cast<size_t>(ranks));
    std::atomic<bool> stopped = false;
    const auto failures = group.run([&](comm::Communicator& communicator) {
      try {
        outcomes[static_cast<size_t>(communicator.rank())] = train_trial(what, store, communicator, -1, on_epoch);
      } catch (const Stopped&) {
        stopped = true;
      }
    });
    for (const auto& failure : failures) EXPECT_EQ(failure, "");
    stopped_ = stopped;
    return outcomes.back();
  }

  void expect_same_files(const TrialSetup& one, const TrialSetup& other, const std::string& where) {
    std::vector<std::string> files{"final.safetensors"};
    if (one.validates()) files.emplace_back("oof.h5");
    for (const std::string& file : files)
      EXPECT_TRUE(read_file(one.directory / file) == read_file(other.directory / file)) << file << " " << where;
    EXPECT_EQ(without_times(read_file(one.directory / "metrics.csv")),
              without_times(read_file(other.directory / "metrics.csv")))
        << where;
  }

  OptionRegistry registry_;
  bool stopped_ = false;  // whether the last train() was
};

}  // namespace foldwave::training
