// What an option accepts, in words.
#pragma once

#include <string>

#include "foldwave/core/options.h"

namespace foldwave {

std::string describe_range(const Option& option);

}  // namespace foldwave
