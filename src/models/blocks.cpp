#include "models/blocks.h"

#include <string>
#include <utility>

namespace foldwave::models {

void Sequence::append(std::shared_ptr<Block> block) {
  blocks_.push_back(register_module(std::to_string(blocks_.size()), std::move(block)));
}

torch::Tensor Sequence::forward(const torch::Tensor& x, std::span<const RandomKey> keys) {
  torch::Tensor y = x;
  for (auto& block : blocks_) y = block->forward(y, keys);
  return y;
}

}  // namespace foldwave::models
