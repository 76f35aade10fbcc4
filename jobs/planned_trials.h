// Which trials a run is made of.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/core/options.h"
#include "foldwave/planning/planning.h"
#include "jobs/part.h"

namespace foldwave::jobs {

std::vector<int> chosen_folds(const Settings& settings, const catalog::Folds& folds);  // folds.only, or all

// The trials that the settings mean for these tables, whoever trains them.
std::vector<planning::TrialSpec> planned_trials(const Settings& settings, const catalog::Catalog& catalog,
                                                const catalog::Folds& folds);
// Keeps what is in the files that they start from, so that they are known again without them.
void remember_weights(const std::filesystem::path& run, const std::set<std::string>& files);
std::set<std::string> weights_of(const std::vector<planning::TrialSpec>& all);  // files
std::string plan_identity(const std::vector<planning::TrialSpec>& all);
std::vector<planning::TrialSpec> trials_of(const Part& part, std::vector<planning::TrialSpec> all);

}  // namespace foldwave::jobs
