// TensorBoard's view of a trial: the loss and learning rate of its steps, the metrics of its epochs.
#pragma once

#include <filesystem>

#include "foldwave/formats/tensorboard.h"
#include "training/metrics.h"

namespace foldwave::training {

class EventLog {
 public:
  // A file of its own for each launch, of which `first_step` is the first. What earlier ones say of it and later steps
  // is taken back.
  EventLog(const std::filesystem::path& directory, int64_t first_step);
  void add(const StepRecord& step);
  void add(const EpochRecord& epoch);

 private:
  formats::EventWriter writer_;
};

}  // namespace foldwave::training
