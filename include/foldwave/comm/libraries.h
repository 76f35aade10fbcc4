// Which libraries this room calls, with the versions that were loaded or, where one lies in headers alone, built with.
#pragma once

#include "foldwave/core/library.h"

namespace foldwave::comm {

std::vector<Library> libraries();

}  // namespace foldwave::comm
