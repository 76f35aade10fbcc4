// What is checked and said once a launch about its nodes' GPUs.
#pragma once

#include "jobs/commands.h"

namespace foldwave::jobs {

// Collective. Throws the same InputError on all ranks where the NCCL of one will not do; notes a line a node that has
// GPUs: NCCL's version and path, the devices, the network interface.
void introduce_gpus(const Call& call);

}  // namespace foldwave::jobs
