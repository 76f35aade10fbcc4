// What a run is refused for before anything in its directory is changed, so that a mistake is told at once and mended.
#pragma once

#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/core/options.h"
#include "foldwave/journal/journal.h"
#include "foldwave/planning/planning.h"

namespace foldwave::jobs {

// InputError where settings cannot be meant, alone or together. Those of the grid: planned_trials().
void refuse_bad_settings(const Settings& settings, const std::vector<planning::TrialSpec>& trials);

// Predictions of other programs (stack.inputs): all of them are read. InputError where they cannot be stacked.
void refuse_bad_inputs(const Settings& settings, const catalog::Catalog& catalog, const catalog::Folds& folds);

// InputError, naming the keys, where the directory of `record` holds a run with other data, folds or features, or with
// trials that were begun with other settings.
void refuse_another_run(const Settings& settings, const journal::RunRecord& record, const catalog::Catalog& catalog,
                        const std::string& folds_text, const std::vector<planning::TrialSpec>& trials);

}  // namespace foldwave::jobs
