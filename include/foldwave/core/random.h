// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011): the key alone decides the numbers, whichever rank,
// thread or resume draws them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace foldwave {

struct RandomKey {
  uint32_t seed = 0;
  uint32_t epoch = 0;
  uint64_t song = 0;        // hash64 of the song's id; 0 where no song is meant
  uint16_t occurrence = 0;  // the same song drawn several times in an epoch
  uint16_t transform = 0;   // which decision this is: see draw
};

// One number per kind of decision, so that adding one does not shift the others.
namespace draw {
enum : uint16_t {
  folds = 1,
  shuffle = 2,
  crop = 3,
  noise = 4,
  time_mask = 5,
  frequency_mask = 6,
  apply = 7,
  stretch = 8,
  pitch = 9,
  gain = 10,
  noise_samples = 11,
  filter = 12,
  shift = 13,
  resize = 14,
  mixup = 15,
  dropout = 64,
  weights = 128
};
}

class Random {
 public:
  explicit Random(const RandomKey& key);
  uint32_t bits();
  double uniform();                         // [0, 1), 53 bits
  double uniform(double low, double high);  // [low, high)
  uint64_t below(uint64_t n);               // 0 .. n-1; n > 0
  double normal();                          // mean 0, variance 1 (Box-Muller)

 private:
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> block_{};
  int used_ = 4;
};

std::vector<int> shuffled(int n, Random random);  // a permutation of 0 .. n-1 (Fisher-Yates)

}  // namespace foldwave
