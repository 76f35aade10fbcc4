// last-<step>.safetensors: all that a trial needs to go on from a step as if it had never stopped.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "foldwave/training/trial_files.h"
#include "training/metrics.h"
#include "training/tensor_file.h"

namespace foldwave::training {

struct TrainingState {
  explicit TrainingState(int classes) : tally(classes) {}

  int epoch = 0;        // epochs that are done, validation included
  int step = 0;         // steps done of the next one
  int64_t updates = 0;  // optimiser steps in all
  Tally tally;          // of the epoch under way
  double seconds = 0;   // spent in the epoch under way
  double waited_s = 0;  // of them, rank 0 for its loader
  History history;
  double best_macro_f1 = -1;  // of the validation; kept for train.select = best
  int best_epoch = 0;
};

// Publishes the state after `updates` steps and keeps the one before, removes all others. `identity` names the trial's
// settings.
void write_state(const std::filesystem::path& directory, const TrainingState& state, const std::string& identity,
                 const NamedTensors& tensors);

// The newest step of which a whole file with this identity is there; what is wrong with those that are passed over is
// added to `damaged`.
std::optional<int64_t> newest_state(const std::filesystem::path& directory, const std::string& identity,
                                    std::vector<std::string>& damaged);
TrainingState read_state(const std::filesystem::path& directory, int64_t updates, int classes,
                         const NamedTensors& tensors);

}  // namespace foldwave::training
