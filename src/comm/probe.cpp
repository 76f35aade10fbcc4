#include "foldwave/comm/probe.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "foldwave/comm/communicator.h"
#include "foldwave/core/clock.h"

namespace foldwave::comm {

double clock_ahead_s(const Group& group) {
  begin_together(group);
  const double mine = unix_now_s();
  std::string first = std::to_string(mine);
  group.broadcast(first);
  return mine - std::stod(first);
}

double sum_gb_per_s(const Group& group) {
  if (group.size() == 1) return 0;
  constexpr size_t floats = 1 << 20;
  constexpr int times = 3;
  const auto communicator = make_mpi_communicator(group);
  const std::shared_ptr<float[]> memory = communicator->buffer(floats);  // as gradients lie
  const std::span<float> buffer(memory.get(), floats);
  double best = 0;
  for (int i = 0; i < times; ++i) {
    begin_together(group);
    const double began = monotonic_s();
    communicator->start_sum(buffer);
    communicator->wait();
    best = std::max(best, static_cast<double>(floats * sizeof(float)) / 1e9 / (monotonic_s() - began));
  }
  return best;
}

}  // namespace foldwave::comm
