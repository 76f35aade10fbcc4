// Trials on groups of ranks: the coordinator hands them out, each group trains its own, the journal hears of it.
#pragma once

#include <filesystem>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/comm/communicator.h"
#include "foldwave/comm/world.h"
#include "foldwave/core/progress.h"
#include "foldwave/journal/journal.h"
#include "foldwave/planning/planning.h"
#include "foldwave/store/store.h"

namespace foldwave::experiment {

// What all trials of a run share; the same on every rank.
struct Experiment {
  std::filesystem::path run_directory;
  const catalog::Catalog& catalog;
  const catalog::Folds& folds;
  const store::FeatureStore& store;
  const comm::World& world;
  int threads = 1;                      // of this rank, where train.threads does not say
  journal::Journal* journal = nullptr;  // on rank 0 alone
  ProgressSink& progress;
  const std::vector<std::string>& hosts;  // [world size] on rank 0
  comm::Deadlines deadlines;              // of groups on GPUs
};

std::filesystem::path trial_directory(const std::filesystem::path& run_directory, const std::string& trial_id);

// Trains `trials` (those still to do, in this order), each to its end or, where until_epoch is not 0, to the end of
// that epoch. Collective over the world. A trial that throws is journalled as
// failed and the rest goes on; Stopped is thrown when the stop flag was raised, after checkpoints.
void train_trials(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials,
                  const planning::Layout& layout, int until_epoch = 0);

// test.h5 of each of the trials (finished ones without it). Collective over the world.
void predict_trials(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials);

}  // namespace foldwave::experiment
