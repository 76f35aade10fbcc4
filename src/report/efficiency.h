// What the ranks of all launches that trained did with their time.
#pragma once

#include <string>

#include "foldwave/journal/journal.h"

namespace foldwave::report {

struct Efficiency {
  size_t launches = 0;          // that had something to train
  double rank_hours = 0;        // of their training, ranks without a trial included; 0: nothing is known
  double busy = 0;              // share of them in which a rank had a trial
  double data = 0, others = 0;  // shares of the busy time: waiting for data, for other ranks
  double peak_mib = 0;          // of the largest rank
  double node_hours = 0;        // of all trials
  size_t lost = 0;              // launches that ended without a word: what they did since their last trial is not in it

  bool known() const { return rank_hours > 0; }
};
Efficiency efficiency_of(const journal::RunRecord& record);
std::string sentence_of(const Efficiency& efficiency);

}  // namespace foldwave::report
