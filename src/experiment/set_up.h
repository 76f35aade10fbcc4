// From a trial of the plan to what training needs of it.
#pragma once

#include <functional>
#include <string>

#include "foldwave/experiment/experiment.h"
#include "foldwave/training/training.h"

namespace foldwave::experiment {

training::TrialSetup set_up(const Experiment& experiment, const planning::TrialSpec& trial, int until_epoch,
                            const std::function<void(const std::string&)>& note);

}  // namespace foldwave::experiment
