// Which trials still need what, judged by the files that are there.
#pragma once

#include <functional>
#include <vector>

#include "jobs/session.h"

namespace foldwave::jobs {

// Numbers into session.trials of those for which `wanted` holds on rank 0; the same on all ranks.
std::vector<int> select_trials(const Session& session, const std::function<bool(const planning::TrialSpec&)>& wanted);
std::vector<planning::TrialSpec> pick(const Session& session, const std::vector<int>& numbers);

bool is_trained(const Session& session,
                const planning::TrialSpec& trial);  // final.safetensors is there, and oof.h5 of a fold
bool is_predicted(const Session& session, const planning::TrialSpec& trial);  // test.h5 is there

double relative_cost(const planning::TrialSpec& trial);  // of all its epochs; 1: an epoch of the cheapest model
planning::Demand demand_of(const planning::TrialSpec& trial);

}  // namespace foldwave::jobs
