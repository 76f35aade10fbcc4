// The sums that the ranks of a group make in a step of training: batch statistics on the way forward, batch statistics
// and buckets of gradients on the way back. Their order is a function of the model, so it is learnt once, without
// talking, and a rank that fails in mid-step can still take its part in what is left of it.
#pragma once

#include <span>
#include <vector>

#include "foldwave/comm/communicator.h"

namespace foldwave::training {

class StepSums {
 public:
  explicit StepSums(comm::Communicator& communicator) : communicator_(communicator) {}
  comm::Communicator& communicator() const { return communicator_; }

  void begin_learning();  // from here on sums are noted, not made
  void end_learning();

  void begin_step() { made_ = 0; }
  void start(std::span<float> buffer);  // the buffer must live until wait()
  void wait();
  void make(std::span<float> buffer);  // one that the pass cannot go on without

  struct Sum {
    size_t size = 0;       // floats
    bool at_once = false;  // made, not started
    bool operator==(const Sum&) const = default;
  };
  const std::vector<Sum>& sums() const { return sums_; }  // of a step
  size_t made() const { return made_; }

 private:
  bool note(Sum sum);  // whether it is to be made

  comm::Communicator& communicator_;
  std::vector<Sum> sums_;
  size_t made_ = 0;
  bool learning_ = false;
};

}  // namespace foldwave::training
