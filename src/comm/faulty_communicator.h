// A communicator over another one that fails on demand, for tests of what becomes of a group when one of its ranks is
// lost.
#pragma once

#include <limits>

#include "foldwave/comm/communicator.h"

namespace foldwave::comm {

struct Fault {
  enum class Kind { throws, never_ends };
  static constexpr size_t kNever = std::numeric_limits<size_t>::max();
  static constexpr int kAll = -1;

  size_t at_sum = kNever;    // the first that fails, counted from 0 over the life of the communicator
  int rank = kAll;           // where; on the other ranks that sum never ends, as after the death of a peer
  Kind kind = Kind::throws;  // at once, or never ends until its deadline
  double deadline_s = 1;     // of a wait for sums that never end; then it throws
};

// No sum from at_sum on is started on `inner`, by any rank, so that nobody is left waiting there. Once it has failed,
// every later call throws.
std::unique_ptr<Communicator> make_faulty_communicator(std::unique_ptr<Communicator> inner, const Fault& fault);

}  // namespace foldwave::comm
