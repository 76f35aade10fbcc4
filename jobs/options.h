// All keys of all rooms.
#pragma once

#include "foldwave/core/options.h"

namespace foldwave::jobs {

OptionRegistry all_options();
void declare_slurm_options(OptionRegistry& registry);  // slurm.*

}  // namespace foldwave::jobs
