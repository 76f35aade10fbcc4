// A feed-forward net on a song's summary: Linear, ReLU and dropout for each hidden width, then the classifier. Its
// tensors have the names of torch.nn.Sequential(Linear, ReLU, Dropout, ..., Linear), which can load them.
#pragma once

#include <memory>

#include "foldwave/models/models.h"

namespace foldwave::models {

std::shared_ptr<Network> make_mfcc_mlp(const ModelConfig& config, const at::Generator& generator);

}  // namespace foldwave::models
