#include "training/step_sums.h"

#include <string>

#include "foldwave/core/errors.h"

namespace foldwave::training {

void StepSums::begin_learning() {
  sums_.clear();
  learning_ = true;
}

void StepSums::end_learning() { learning_ = false; }

bool StepSums::note(Sum sum) {
  if (learning_) {
    sums_.push_back(sum);
    return false;
  }
  if (made_ >= sums_.size() || sums_[made_] != sum)
    throw SystemError("training: sum " + std::to_string(made_) + " of a step has " + std::to_string(sum.size) +
                      " values, not those of the first step");
  ++made_;
  return true;
}

void StepSums::start(std::span<float> buffer) {
  if (note({buffer.size(), false})) communicator_.start_sum(buffer);
}

void StepSums::make(std::span<float> buffer) {
  if (note({buffer.size(), true})) communicator_.sum(buffer);
}

void StepSums::wait() {
  if (!learning_) communicator_.wait();
}

}  // namespace foldwave::training
