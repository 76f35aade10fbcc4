#include "training/step_sums.h"

#include <string>

#include "foldwave/core/errors.h"

namespace foldwave::training {

void StepSums::begin_learning() {
  sizes_.clear();
  learning_ = true;
}

void StepSums::end_learning() { learning_ = false; }

void StepSums::start(std::span<float> buffer) {
  if (learning_) {
    sizes_.push_back(buffer.size());
    return;
  }
  if (made_ >= sizes_.size() || sizes_[made_] != buffer.size())
    throw SystemError("training: sum " + std::to_string(made_) + " of a step has " + std::to_string(buffer.size()) +
                      " values, not those of the first step");
  ++made_;
  communicator_.start_sum(buffer);
}

void StepSums::wait() {
  if (!learning_) communicator_.wait();
}

}  // namespace foldwave::training
