// Stereo sound in memory, samples about -1 to 1.
#pragma once

#include <cstddef>
#include <vector>

namespace demo {

struct Sound {
  Sound(int rate, double seconds)
      : sample_rate(rate), left(static_cast<std::size_t>(seconds * rate)), right(left.size()) {}

  int sample_rate;
  std::vector<float> left;
  std::vector<float> right;
};

}  // namespace demo
