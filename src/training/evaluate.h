// What a network says of songs: probabilities of the classes, averaged over the crops of a song.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "foldwave/batches/batches.h"
#include "foldwave/models/models.h"
#include "training/precision.h"

namespace foldwave::training {

// [n, classes] of the samples of a batch, on the CPU.
torch::Tensor probabilities(models::Network& network, const batches::Batch& batch, const torch::Device& device);

// [songs, classes]; the rows of songs that `batches` does not bring stay 0.
std::vector<float> class_probabilities(models::Network& network, batches::PredictionBatches& batches, size_t songs,
                                       int classes, Precision precision, const torch::Device& device);

// Mean over the songs of -log(probability of the label).
double log_loss(const std::vector<float>& probability, const std::vector<int>& label, int classes);

}  // namespace foldwave::training
