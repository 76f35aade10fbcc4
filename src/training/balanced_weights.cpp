#include "training/balanced_weights.h"

namespace foldwave::training {

std::vector<float> balanced_weights(const std::vector<int>& label, int classes) {
  std::vector<int> songs(static_cast<size_t>(classes));
  for (const int k : label) ++songs[static_cast<size_t>(k)];
  std::vector<float> weight;
  for (const int n : songs)
    weight.push_back(n == 0 ? 0 : static_cast<float>(label.size()) / static_cast<float>(classes * n));
  return weight;
}

}  // namespace foldwave::training
