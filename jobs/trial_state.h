// Which trials still need what, judged by the files that are there; and what else the stages ask of trials.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foldwave/experiment/experiment.h"
#include "jobs/session.h"

namespace foldwave::jobs {

// Numbers into session.trials of those for which `wanted` holds on rank 0; the same on all ranks.
std::vector<int> select_trials(const Session& session, const std::function<bool(const planning::TrialSpec&)>& wanted);
std::vector<planning::TrialSpec> pick(const Session& session, const std::vector<int>& numbers);

bool is_trained(const Session& session,
                const planning::TrialSpec& trial);  // final.safetensors is there, and oof.h5 of a fold
bool is_predicted(const Session& session, const planning::TrialSpec& trial);  // test.h5 is there

// What the journal knows of this very trial; nullptr if nothing, or of one with other settings under its name.
const journal::TrialRecord* known_of(const planning::TrialSpec& trial, const journal::RunRecord& record);

// Identity of each finished trial to its id: a trial that is the same under another name need not be trained.
std::map<std::string, std::string> finished_by_identity(const journal::RunRecord& record);

// Trials that have failed as often as run.retries allows.
std::set<std::string> given_up(const journal::RunRecord& record, int64_t retries);

// The most expensive first; and what each asks for.
std::vector<planning::TrialSpec> in_order_of_hand_out(const std::vector<planning::TrialSpec>& trials);
std::vector<planning::Demand> demands_of(const std::vector<planning::TrialSpec>& trials);

// The layout of an earlier launch on as many ranks, where it is kept: while it holds all that is still to do and none
// is given by hand (0), so that its trials end with the same bytes.
std::optional<planning::Layout> kept_layout(const journal::LayoutRecord& before, int ranks, int ranks_per_trial,
                                            const std::vector<planning::TrialSpec>& trials);

experiment::Experiment experiment_of(Session& session, const store::FeatureStore& store);

}  // namespace foldwave::jobs
