// Successive halving over the points of the grid: which are still in it, and what a rung decides. On rank 0.
#pragma once

#include <set>
#include <string>

#include "foldwave/journal/journal.h"
#include "jobs/session.h"

namespace foldwave::jobs {

// Names of points that earlier rungs have dropped; none unless grid.search = halving.
std::set<std::string> dropped_points(const Settings& settings, const journal::RunRecord& record);

// Whether a trial still has epochs to go before the rung. Shallow models and fits on all rows have none: the ones are
// done in one go, the others have nothing to be compared by.
bool is_below(int rung, const planning::TrialSpec& trial, const journal::RunRecord& record);

// Compares all points that have come to the rung, those of earlier launches as they were then, journals who goes on and
// says so. Does nothing where all are compared already.
void decide_rung(Session& session, int rung);

}  // namespace foldwave::jobs
