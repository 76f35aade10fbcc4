// Which trials a run is made of.
#pragma once

#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/core/options.h"
#include "foldwave/planning/planning.h"

namespace foldwave::jobs {

std::vector<int> chosen_folds(const Settings& settings, const catalog::Folds& folds);  // folds.only, or all

// The trials that the settings mean for these tables; of a launch that shares its run, those of its part.
std::vector<planning::TrialSpec> planned_trials(const Settings& settings, const catalog::Catalog& catalog,
                                                const catalog::Folds& folds);

}  // namespace foldwave::jobs
