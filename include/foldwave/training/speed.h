// How fast the steps of training and of prediction are on this machine, without songs: on random input.
#pragma once

#include <string>
#include <vector>

#include "foldwave/comm/communicator.h"
#include "foldwave/models/backbones.h"
#include "foldwave/training/training.h"

namespace foldwave::training {

struct SpeedConfig {
  models::ModelConfig model;
  TrainConfig train;  // batch, crop_frames, precision, threads and the recipe of a step
  int n_mels = 128;
  int steps = 10, repeats = 5;
  int device = -1;
};

struct Speed {
  std::vector<double> samples_per_s;  // [repeats], over the whole group
  std::string precision;              // that train.precision came to
  // [repeats] of a step, on this rank; zeros where the communicator does not measure it. What is not exposed is hidden
  // behind the backward pass. A sum takes as long as the slowest rank needs to come to it.
  std::vector<double> communication_s, exposed_s;
};

// The steps that train_trial makes, the optimiser included. Collective; the first step is not counted.
Speed training_speed(const SpeedConfig& config, comm::Communicator& communicator);
// The batches that predict() asks about, one crop a sample, on this rank alone; the first is not counted.
Speed prediction_speed(const SpeedConfig& config);

}  // namespace foldwave::training
