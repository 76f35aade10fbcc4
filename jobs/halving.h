// Successive halving over the points of the grid: which are still in it, and what a rung decides. On rank 0.
#pragma once

#include <set>
#include <string>

#include "foldwave/journal/journal.h"
#include "jobs/session.h"

namespace foldwave::jobs {

// Names of points that earlier rungs have dropped; none unless grid.search = halving.
std::set<std::string> dropped_points(const Settings& settings, const journal::RunRecord& record);

// Names of points that one of these trials, which no launch will try again, keeps from being compared: its others would
// go on for nothing. None unless grid.search = halving.
std::set<std::string> halted_points(const Session& session, const std::set<std::string>& hopeless);

// Names of points that a trial of has failed since `before`; none unless grid.search = halving.
std::set<std::string> failed_points(const Session& session, const journal::RunRecord& before);

// Whether a trial still has epochs to go before the rung. Shallow models and fits on all rows have none: the ones are
// done in one go, the others have nothing to be compared by.
bool is_below(int rung, const planning::TrialSpec& trial, const journal::RunRecord& record);

// Compares all points that have come to the rung, those of earlier launches as they were then, journals who goes on and
// says so. Does nothing where all are compared already. A point that a trial of has failed is not compared before that
// one is mended.
void decide_rung(Session& session, int rung);

}  // namespace foldwave::jobs
