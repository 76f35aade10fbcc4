// What a rank computes on: its device, its threads.
#pragma once

#include <torch/torch.h>

namespace foldwave::training {

torch::Device device_of(int device);  // -1: CPU
int usable_threads(int wanted);       // 0: the cores that the affinity mask of this process gives
void use_threads(int threads);        // of LibTorch, in the calling thread

}  // namespace foldwave::training
