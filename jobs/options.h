// All keys of all rooms.
#pragma once

#include "foldwave/core/options.h"

namespace foldwave::jobs {

OptionRegistry all_options();

}  // namespace foldwave::jobs
