// Songs that sound alike: by the cosine of the angle between their summaries in whitened principal components, which
// makes clips of one recording each other's nearest. For rooms without LibTorch.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace foldwave::models {

struct Neighbour {
  int row = 0;         // of those that were asked about
  float likeness = 0;  // above 0, up to 1
};

class Likeness {
 public:
  static constexpr size_t kMostSongs = 100'000;  // each is compared with each
  static constexpr int kComponents = 48;         // or a fifth of the songs, where that is less
  static constexpr size_t kEnoughSongs = 5 * kComponents;

  // summary: [songs, columns]
  Likeness(std::span<const float> summary, size_t songs);
  ~Likeness();
  Likeness(Likeness&&) noexcept;

  // Of each of `songs`, up to `count` others of them, the nearest first. [songs]
  std::vector<std::vector<Neighbour>> nearest(const std::vector<int>& songs, int count) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foldwave::models
