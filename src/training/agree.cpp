#include "training/agree.h"

#include "foldwave/core/errors.h"

namespace foldwave::training {

void sum_over_group(std::span<float> values, comm::Communicator& communicator, const torch::Device& device) {
  using Phase = comm::Communicator::Phase;
  if (communicator.size() == 1) return;
  const auto sum = [&](std::span<float> buffer) {
    communicator.enter(Phase::checkpoint);
    communicator.sum(buffer);
    communicator.enter(Phase::step);
  };
  if (!communicator.on_device()) return sum(values);
  const auto host = torch::from_blob(values.data(), {static_cast<int64_t>(values.size())});
  auto there = host.to(device);
  sum({there.data_ptr<float>(), values.size()});
  host.copy_(there);
}

void agree(const std::exception_ptr& failure, const std::string& what, comm::Communicator& communicator,
           const torch::Device& device) {
  float failed = failure ? 1 : 0;
  try {
    sum_over_group({&failed, 1}, communicator, device);
  } catch (const std::exception&) {
    if (failure) std::rethrow_exception(failure);
    throw;
  }
  if (failure) std::rethrow_exception(failure);
  if (failed != 0) throw comm::PeerFailed("another rank of the group failed at " + what);
}

}  // namespace foldwave::training
