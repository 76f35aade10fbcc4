// Trained networks asked about songs, on all ranks: what predict_trials and prediction from checkpoints alone share.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "foldwave/comm/world.h"
#include "foldwave/core/progress.h"
#include "foldwave/store/store.h"
#include "foldwave/training/training.h"

namespace foldwave::experiment {

struct Question {
  std::filesystem::path checkpoint;
  training::AskConfig how;
  std::string name;  // for whoever watches
  int threads = 1;   // of a rank
};

// Every network about every one of these tracks of the store, some songs at a time, so that there is work for more
// ranks than there are networks; what comes out does not depend on how many there are. on_answer is called on rank 0
// for each network in turn, as soon as all is known of it: its probabilities [tracks, classes]. Collective. Stopped
// when the stop flag was raised; on_answer has heard of those that were complete.
void ask_networks(const comm::World& world, const store::FeatureStore& store, const std::vector<int>& tracks,
                  const std::vector<Question>& questions, ProgressSink& progress,
                  const std::function<void(int question, std::vector<float> probability)>& on_answer);

}  // namespace foldwave::experiment
