#include "foldwave/training/training.h"
#include "training/agree.h"
#include "training/device.h"
#include "training/heap.h"
#include "training/torch_error.h"
#include "training/trial.h"

namespace foldwave::training {

TrialOutcome train_trial(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& communicator,
                         int device, const std::function<void(const EpochRecord&)>& on_epoch) {
  keep_freed_memory();
  std::unique_ptr<Trial> trial;
  std::exception_ptr failure;
  try {
    trial = std::make_unique<Trial>(setup, store, communicator, device, on_epoch);
  } catch (...) {
    failure = std::current_exception();
  }
  agree(failure, "making its network and reading its songs", communicator, device_of(device));
  try {
    return trial->run();
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

}  // namespace foldwave::training
