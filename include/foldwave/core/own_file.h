// Files that this program has written itself.
#pragma once

#include <string>

#include "foldwave/core/errors.h"

namespace foldwave {

// Reads one: damage to it is a failure, not the user's bad input. `advice` goes behind what is wrong.
template <class Read>
auto of_own_file(Read&& read, const std::string& advice = {}) {
  try {
    return read();
  } catch (const InputError& error) {
    throw SystemError(error.what() + advice);
  }
}

}  // namespace foldwave
