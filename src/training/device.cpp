#include "training/device.h"

#include <dlfcn.h>
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

// By name, because torch/csrc/cuda/nccl.h is of use in builds with CUDA alone: it answers major << 32 | minor << 16 |
// patch of the header that LibTorch was compiled with.
int nccl_of_torch() {
  using Version = uint64_t (*)();
  const auto version = reinterpret_cast<Version>(dlsym(RTLD_DEFAULT, "_ZN5torch4cuda4nccl7versionEv"));
  if (version == nullptr) return 0;
  const uint64_t parts = version();
  return static_cast<int>((parts >> 32) * 10000 + ((parts >> 16) & 0xFFFF) * 100 + (parts & 0xFFFF));
}

}  // namespace foldwave::training
