#include "training/balanced_weights.h"

#include <algorithm>

namespace foldwave::training {

std::vector<float> balanced_weights(const std::vector<int>& label, int classes) {
  std::vector<int> songs(static_cast<size_t>(classes));
  for (const int k : label) ++songs[static_cast<size_t>(k)];
  const auto occurring = songs.size() - static_cast<size_t>(std::count(songs.begin(), songs.end(), 0));
  std::vector<float> weight;
  for (const int n : songs)
    weight.push_back(n == 0 ? 0 : static_cast<float>(label.size()) / (static_cast<float>(occurring) * n));
  return weight;
}

}  // namespace foldwave::training
