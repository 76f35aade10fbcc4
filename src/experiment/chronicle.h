// Rank 0's ear: what groups say of their trials goes into the journal and onto the progress line. They say
//   on their way   {"epoch": 3, "epochs": 40, "f1": 0.61 (null: a fit on all rows)}, or {"note": "a sentence"}, or what
//                  the checkpoint that they go on from knows, {"f1_of_past_epochs": [0.4, 0.5]};
//   at the end     {"state": finished, paused, postponed (its next epoch would not have ended in time), stopped or
//                   failed, "f1", "message", "use": {"ranks", "seconds", "data_s", "others_s", "peak_mib"}}.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foldwave/experiment/experiment.h"

namespace foldwave::experiment {

class Chronicle {
 public:
  Chronicle(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials,
            const planning::Layout& layout, int until_epoch);

  void started(int item, int leader);
  void news(int item, const std::string& text);
  void ended(int item, int leader, const std::string& text);

  bool postponed() const { return postponed_; }  // some trial

 private:
  const std::string& id(int item) const { return trials_[static_cast<size_t>(item)].id; }
  void show(const std::string& detail);
  void tell_again(int item, const std::vector<double>& f1_of_epoch);

  const Experiment& experiment_;
  const std::vector<planning::TrialSpec>& trials_;
  const planning::Layout& layout_;
  std::map<int, int> epoch_of_;
  std::optional<journal::RunRecord> before_;  // read where it is asked for
  bool postponed_ = false;
  int64_t done_ = 0, total_ = 0;
  double work_done_ = 0, work_total_ = 0;
};

}  // namespace foldwave::experiment
