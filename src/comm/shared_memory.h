// Memory that the ranks of a group on one node share, and sums in it. Each rank has a file without a name
// (memfd_create), which the others map too: nothing lies on a disk or in /dev/shm, and nothing is left of a rank that
// is killed. Sums are taken in rank order, as those by messages are, to the same bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "foldwave/comm/group.h"

namespace foldwave::comm {

class SharedMemory {
 public:
  // Two rows of sums that go on beside one another, each in its own order, the same on all ranks.
  enum class Lane { behind, beside };
  static constexpr size_t kSmall = 1 << 14;  // floats

  // Nothing where a rank cannot reach the memory of another one. Collective.
  static std::unique_ptr<SharedMemory> of(const Group& group);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  // n zeros. All ranks ask alike, and let go of one buffer before they ask for the next: logic_error.
  std::shared_ptr<float[]> buffer(size_t n);
  bool holds(std::span<const float> values) const;  // whether they lie in the buffer

  void sum_held(std::span<float> values);                    // those lie in the buffer; in the lane behind
  void sum_small(std::span<float> values, Lane lane) const;  // of up to kSmall, from anywhere

 private:
  struct Share;
  struct Buffer;

  SharedMemory(std::vector<std::unique_ptr<Share>> shares, size_t rank);
  void meet(Lane lane) const;  // returns when all ranks have come

  std::vector<std::unique_ptr<Share>> shares_;  // [ranks]
  size_t rank_;
  std::weak_ptr<Buffer> buffer_;
  std::span<float> held_;
  std::vector<float*> all_held_;  // [ranks]
  mutable std::array<uint64_t, 2> met_{};
};

}  // namespace foldwave::comm
