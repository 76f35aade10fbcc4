// Files that this program has written itself.
#pragma once

#include "foldwave/core/errors.h"

namespace foldwave {

// Reads one: damage to it is a failure, not the user's bad input.
template <class Read>
auto of_own_file(Read&& read) {
  try {
    return read();
  } catch (const InputError& error) {
    throw SystemError(error.what());
  }
}

}  // namespace foldwave
