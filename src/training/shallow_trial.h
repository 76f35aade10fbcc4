// A trial of a model that is fitted in one go: no epochs, no checkpoint on the way, the same files at the end.
#pragma once

#include "foldwave/training/cost.h"

namespace foldwave::training {

// Collective. The group's first rank fits and asks, the others wait for its answer.
TrialOutcome fit_trial(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& communicator,
                       int device, const std::function<void(const EpochRecord&)>& on_epoch);

TrialCost measure_fit(const TrialSetup& setup, const store::FeatureStore& store);

}  // namespace foldwave::training
