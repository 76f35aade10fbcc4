// What a trial's checkpoint says of it, decided before anything is trained.
#pragma once

#include "foldwave/training/checkpoint.h"
#include "foldwave/training/training.h"

namespace foldwave::training {

// All but the input's normalisation. InputError where the store does not hold what the model takes.
CheckpointHeader header_of(const TrialSetup& setup, const store::FeatureStore& store, const TrainConfig& config);

// The scale that the given weights were trained with, where they are a checkpoint of ours on the same features and
// input; else that of the training songs.
batches::Normalisation normalisation_of(const TrialSetup& setup, const store::FeatureStore& store,
                                        const CheckpointHeader& header);

batches::Scaling scaling_of(const Settings& settings, const std::string& model);

}  // namespace foldwave::training
