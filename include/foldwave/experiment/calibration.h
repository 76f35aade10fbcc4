// What each kind of trial costs on this kind of node: measured for a moment when training starts, kept in
// RUN/calibration.json.
#pragma once

#include "foldwave/experiment/experiment.h"

namespace foldwave::experiment {

// Measures on all ranks at once, as they will train, each kind of trial that was not yet measured on `node`.
// Collective.
void calibrate(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials, const std::string& node,
               double seconds_each);

// Of the kind of node that was measured last; empty where there is none.
planning::CostTable known_costs(const std::filesystem::path& run_directory);

}  // namespace foldwave::experiment
