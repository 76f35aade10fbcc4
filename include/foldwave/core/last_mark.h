// A byte of a file that tells from outside how this process ended: untouched by a SIGKILL, changed by whatever leaves
// it a moment.
#pragma once

#include <cstdint>

namespace foldwave {

class LastMark {
 public:
  static constexpr char kAlive = 'r', kTold = 't', kLeft = 'e';  // no word yet; told to end by a signal; left by itself

  static void keep(int fd, int64_t offset);  // from now on set() writes there; fd -1: nowhere
  static void set(char mark);                // async-signal-safe
};

}  // namespace foldwave
