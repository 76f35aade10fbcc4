// What is said of a key that nobody has declared.
#pragma once

#include <string>

#include "foldwave/core/options.h"

namespace foldwave {

// origin: "run.ini line 12", "command line"
std::string unknown_key(const OptionRegistry& registry, const std::string& origin, const std::string& key);

}  // namespace foldwave
