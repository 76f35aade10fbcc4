// Trials of one model with one seed, over its folds: what one line of a table and one picture of learning curves are
// about.
#pragma once

#include <string>
#include <vector>

#include "foldwave/report/report.h"

namespace foldwave::report {

struct Series {
  std::string name;                                 // "resnet18+specaugment/seed-1"
  std::vector<const journal::TrialRecord*> trials;  // of each fold, and the fit on all rows

  int count(journal::TrialState state) const;
  double mean_valid_f1() const;  // of the finished that validate; NaN where there is none
  double seconds() const;        // of training
};
std::vector<Series> series_of(const journal::RunRecord& record);  // in the order of their names

int count(const journal::RunRecord& record, journal::TrialState state);
double seconds_per_epoch(const journal::TrialRecord& trial);  // in its last launch; 0 where no epoch has ended there
bool all_settled(const journal::RunRecord& record);           // every trial is finished, or dropped
std::string unfinished(const journal::RunRecord& record);     // "1 running, 2 pending, 0 failed[, 3 dropped]"
std::string state_name(journal::TrialState state);

}  // namespace foldwave::report
