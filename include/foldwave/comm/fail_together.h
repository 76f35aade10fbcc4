// Ranks that fail together: no collective is entered by some while others have thrown before it.
#pragma once

#include <exception>

#include "foldwave/comm/group.h"

namespace foldwave::comm {

// Collective: returns on all ranks where none has failed (null); else throws, in kind, what the first of them that has
// failed brought: there as it is, elsewhere as an error of the same kind and sentence.
void fail_together(const Group& group, const std::exception_ptr& mine);

}  // namespace foldwave::comm
