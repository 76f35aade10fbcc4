// What each kind of trial costs on this kind of node: measured for a moment when training starts, kept in
// RUN/calibration.json.
#pragma once

#include "foldwave/experiment/experiment.h"

namespace foldwave::experiment {

// Measures on all ranks at once, as they will train, each kind of trial that was not yet measured on `node`.
// Collective.
void calibrate(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials, const std::string& node,
               double seconds_each);

// The latest that were measured; in that partition of SLURM, where one is named. `node`: where that was, empty where
// there are none.
struct KnownCosts {
  std::string node;
  planning::CostTable costs;
};
KnownCosts known_costs(const std::filesystem::path& run_directory, const std::string& partition);
std::string in_partition(const std::string& partition);  // what a node's description ends with: ", partition gpu"

}  // namespace foldwave::experiment
