#include "training/device.h"

#include <sched.h>

#include <algorithm>

#include "foldwave/training/training.h"

namespace foldwave::training {

torch::Device device_of(int device) {
  return device < 0 ? torch::Device(torch::kCPU) : torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(device));
}

int usable_threads(int wanted) {
  if (wanted > 0) return wanted;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof(mask), &mask) != 0) return 1;
  return std::max(1, CPU_COUNT(&mask));
}

void use_threads(int threads) {
  if (at::get_num_threads() != threads) at::set_num_threads(threads);
}

int choose_device(int local_rank) {
  return torch::cuda::is_available() ? local_rank % static_cast<int>(torch::cuda::device_count()) : -1;
}

std::string torch_version() { return TORCH_VERSION; }

}  // namespace foldwave::training
