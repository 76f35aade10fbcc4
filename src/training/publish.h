// What a finished trial leaves in its directory, and what it is called on the way.
#pragma once

#include <string>
#include <vector>

#include "foldwave/models/models.h"
#include "foldwave/training/checkpoint.h"
#include "foldwave/training/training.h"
#include "training/metrics.h"

namespace foldwave::training {

std::string place_of(const TrialSetup& setup);  // "resnet18+none seed 1 fold 0", "... fold all"

// probability: [validation songs, classes]. SystemError where one is no number, which names the store's file where a
// song of it is damaged: a trial may not hand that on.
catalog::PredictionTable prediction_table(const TrialSetup& setup, const store::FeatureStore& store,
                                          std::vector<float> probability);

// metrics.csv, oof.h5 where the trial validates and, last, final.safetensors.
void publish_trial(const TrialSetup& setup, const models::Network& network, const CheckpointHeader& header,
                   const History& history, const catalog::PredictionTable& oof);

}  // namespace foldwave::training
