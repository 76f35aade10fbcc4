// What backbones are stacked from: blocks that may drop out by sample, and sequences of them.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <span>
#include <vector>

#include "foldwave/core/random.h"

namespace foldwave::models {

class Block : public torch::nn::Module {
 public:
  virtual torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) = 0;
};

class Sequence : public Block {  // its blocks are named "0", "1", ... as in torch.nn.Sequential
 public:
  void append(std::shared_ptr<Block> block);
  torch::Tensor forward(const torch::Tensor& x, std::span<const RandomKey> keys) override;

 private:
  std::vector<std::shared_ptr<Block>> blocks_;
};

}  // namespace foldwave::models
