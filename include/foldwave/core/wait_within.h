// A last word before the end: work that may hang, on a file system that does, must not keep a process from ending.
#pragma once

#include <functional>

namespace foldwave {

// Does `work` in a thread of its own and waits for it, `seconds` at most; then it goes on without anybody waiting. It
// must own what it uses. What it throws is lost.
void wait_within(double seconds, std::function<void()> work);

}  // namespace foldwave
