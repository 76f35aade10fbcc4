// What a launch looks at before it works: its nodes, their cores, memory, GPUs, clocks, disks and network.
#pragma once

#include <filesystem>

#include "foldwave/launch/world_facts.h"
#include "jobs/commands.h"

namespace foldwave::jobs {

// Collective; under a second, unless a node does not see the run directory. `hold` has a lease that names `launch`.
// InputError on all ranks where the NCCL of one will not do, or where one sees another run directory.
launch::WorldFacts look_at_world(const comm::World& world, const launch::LaunchEnvironment& environment, int threads,
                                 const std::filesystem::path& run, const std::filesystem::path& hold,
                                 const std::string& launch);

}  // namespace foldwave::jobs
