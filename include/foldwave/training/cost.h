// What a trial costs here: its own steps, on its own songs, for a moment.
#pragma once

#include "foldwave/training/training.h"

namespace foldwave::training {

struct TrialCost {
  double setup_s = 0;            // before the first step
  double train_songs_per_s = 0;  // the loader, its augmentation and the optimiser included
  double head_songs_per_s = 0;   // the same while the classifier alone learns; 0: it never does
  double asked_songs_per_s = 0;  // all crops of a song
  double weights_mib = 0;        // of the network
};

// On this rank alone; `alone` is a group of one. Trains for about `seconds` after two steps that are not counted, as
// long again where train.head_epochs asks for both kinds of steps, and leaves nothing behind. A model that is fitted in
// one go is fitted once.
TrialCost measure_cost(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& alone, int device,
                       double seconds);

}  // namespace foldwave::training
