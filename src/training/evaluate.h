// What a network says of songs: probabilities of the classes, of a song's crops together.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

#include "foldwave/batches/batches.h"
#include "foldwave/models/models.h"
#include "foldwave/training/training.h"
#include "training/precision.h"

namespace foldwave::training {

// Of a batch's samples, float32. [n, classes]
torch::Tensor logits_of(models::Network& network, const batches::Batch& batch, const torch::Device& device);

struct Evaluation {
  int classes = 2;
  bool geometric = false;  // mean over a song's crops: the arithmetic or the geometric one
  Precision precision = Precision::fp32;
  torch::Device device = torch::kCPU;
  std::function<bool()> stops = [] { return false; };  // asked between two batches
};
// [songs, classes]; the rows of songs that `batches` does not bring stay 0. Stopped where `how` says so.
std::vector<float> class_probabilities(models::Network& network, batches::PredictionBatches& batches, size_t songs,
                                       const Evaluation& how);

double accuracy(const std::vector<int>& label, const std::vector<int>& guess);  // 0 where there are no songs

// Mean over the songs of -log(probability of the label).
double log_loss(const std::vector<float>& probability, const std::vector<int>& label, int classes);

// Writes into the record what the probabilities [songs, classes] of the validation songs are worth.
void judge_validation(const std::vector<float>& probability, const std::vector<int>& label, int classes,
                      EpochRecord& record);

}  // namespace foldwave::training
