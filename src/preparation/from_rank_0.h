// What rank 0 alone decides, told to all; an error there is one on every rank, and none is left waiting.
#pragma once

#include <functional>
#include <string>

#include "foldwave/comm/comm.h"

namespace foldwave::preparation {

// Collective: `make` runs on rank 0; its result, or its error (of the same kind), comes out on every rank.
std::string from_rank_0(const comm::Group& group, const std::function<std::string()>& make);

}  // namespace foldwave::preparation
