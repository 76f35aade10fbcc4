// foldwave and every library that it stands on, as the rooms tell that call them.
#pragma once

#include <string>
#include <vector>

#include "foldwave/core/library.h"

namespace foldwave::jobs {

std::string version();                 // foldwave's own: "0.1.0", built from a clone with its commit
std::vector<Library> all_libraries();  // foldwave first
std::string versions_text();           // a line each, aligned

}  // namespace foldwave::jobs
