// What the ranks of the last launch that trained did with their time.
#pragma once

#include <string>

#include "foldwave/journal/journal.h"

namespace foldwave::report {

struct Efficiency {
  double seconds = 0;  // of the stage; 0: nothing is known
  size_t groups = 0;
  double busy = 0;              // share of that time in which a group had a trial, a rank counting once
  double least_busy = 0;        // of the group with the least
  double data = 0, others = 0;  // shares of the busy time: waiting for data, for other ranks
  double peak_mib = 0;          // of the largest rank
  double node_hours = 0;        // of all trials, in all launches

  bool known() const { return seconds > 0; }
};
Efficiency efficiency_of(const journal::RunRecord& record);
std::string sentence_of(const Efficiency& efficiency);

}  // namespace foldwave::report
