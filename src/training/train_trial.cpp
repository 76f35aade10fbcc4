#include "foldwave/core/clock.h"
#include "foldwave/training/training.h"
#include "training/agree.h"
#include "training/device.h"
#include "training/heap.h"
#include "training/shallow_trial.h"
#include "training/torch_error.h"
#include "training/trial.h"

namespace foldwave::training {

namespace {

TrialOutcome train_in_epochs(const TrialSetup& setup, const store::FeatureStore& store,
                             comm::Communicator& communicator, int device,
                             const std::function<void(const EpochRecord&)>& on_epoch) {
  keep_freed_memory();
  std::unique_ptr<Trial> trial;
  std::exception_ptr failure;
  try {
    trial = std::make_unique<Trial>(setup, store, communicator, device, on_epoch);
  } catch (...) {
    failure = std::current_exception();
  }
  agree(failure, "making its network and reading its songs", communicator, device_of(device));
  return trial->run();
}

}  // namespace

TrialCost measure_cost(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& alone, int device,
                       double seconds) {
  try {
    if (models::is_shallow(setup.model)) return measure_fit(setup, store);
    keep_freed_memory();
    const double began = monotonic_s();
    Trial trial(setup, store, alone, device, nullptr);
    const double setup_s = monotonic_s() - began;
    TrialCost cost = trial.measure(seconds);
    cost.setup_s = setup_s;
    return cost;
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

TrialOutcome train_trial(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& communicator,
                         int device, const std::function<void(const EpochRecord&)>& on_epoch) {
  try {
    const auto train = models::is_shallow(setup.model) ? fit_trial : train_in_epochs;
    return train(setup, store, communicator, device, on_epoch);
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

}  // namespace foldwave::training
