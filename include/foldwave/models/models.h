// Backbones by name, built as timm builds them: the same parameter names, shapes and arithmetic.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "foldwave/core/random.h"
#include "foldwave/models/backbones.h"

namespace foldwave::models {

// Sums a tensor over the group in place: how batch normalisation sees the whole batch.
using SumOverGroup = std::function<void(torch::Tensor&)>;

// What is drawn by sample (dropout) is keyed on the sample, so a result does not depend on how a batch is spread.
class Network : public torch::nn::Module {
 public:
  // x: [n, channels, n_mels, frames] or [n, summary_width]; keys: [n], unused in eval mode. Logits [n, classes].
  virtual torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) = 0;
};

// Initialised as timm does, from `seed` alone.
std::shared_ptr<Network> make_network(const ModelConfig& config, uint32_t seed);
// Batch normalisation over the whole group from now on (SyncBatchNorm).
void synchronise_batch_norm(Network& network, SumOverGroup sum);

// Parameters and buffers in the order of a Python state_dict.
std::vector<std::pair<std::string, torch::Tensor>> state_dict(const torch::nn::Module& module);

}  // namespace foldwave::models
