// Random numbers that depend on their key alone: the same key gives the same music on any compiler and thread count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>

namespace demo {

struct Range {
  double low = 0;
  double high = 0;
};

// What a stream of numbers is for; part of its key.
enum class Stream : std::uint64_t { kCollection = 1, kSong = 2, kPerformance = 3, kRecording = 4, kShuffle = 5 };

class Random {
 public:
  Random(std::uint64_t seed, Stream stream, std::uint64_t index)
      : engine_(mix(mix(mix(seed) ^ static_cast<std::uint64_t>(stream)) ^ index)) {}

  // The distributions of <random> differ between standard libraries; these do not.
  double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }
  double uniform(Range range) { return range.low + (range.high - range.low) * uniform(); }
  bool chance(double probability) { return uniform() < probability; }
  int below(int count) { return static_cast<int>(uniform() * count); }
  float noise() { return static_cast<float>(2 * uniform() - 1); }

  template <typename Container>
  const auto& pick(const Container& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(std::size(choices))))];
  }

  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[static_cast<std::size_t>(below(static_cast<int>(i)))]);
  }

 private:
  // SplitMix64, so that neighbouring keys start far apart.
  static std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
  }

  std::mt19937_64 engine_;
};

}  // namespace demo
