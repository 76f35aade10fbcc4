// A group of ranks that trains one trial after the other; its first rank, the leader, takes them from the coordinator.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "foldwave/comm/share_work.h"
#include "foldwave/experiment/experiment.h"

namespace foldwave::experiment {

class TrialGroup {
 public:
  using Say = comm::SharedWork::Say;

  // Collective over the group's ranks.
  TrialGroup(const Experiment& experiment, const std::vector<planning::TrialSpec>& trials, int until_epoch,
             const comm::Group& ranks);

  // On the leader: tells the members what comes, trains, and returns the outcome. What it says on the way, and the
  // outcome, are JSON for rank 0's Chronicle.
  std::string lead(int item, const Say& say);
  void dismiss();  // on the leader, at the end
  void follow();   // on the members, until they are dismissed

 private:
  void call_members(int item);
  std::string train(int item, const Say& say);
  nlohmann::json train_here(int item, const Say& say);
  void log_end(int item, const nlohmann::json& mine, double seconds) const;

  const Experiment& experiment_;
  const std::vector<planning::TrialSpec>& trials_;
  int until_epoch_;
  comm::Group ranks_;
  int device_;
  std::unique_ptr<comm::Communicator> communicator_;
};

// Some rank of a group on GPUs is gone or silent: leaves a note of it and ends the launch on all ranks.
[[noreturn]] void end_for_lost_group(const Experiment& experiment, const std::string& why);

}  // namespace foldwave::experiment
