#include "foldwave/core/last_mark.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace foldwave {
namespace {

std::atomic<int> mark_fd{-1};
std::atomic<int64_t> mark_offset{0};
static_assert(std::atomic<int64_t>::is_always_lock_free, "signal handlers read it");

}  // namespace

void LastMark::keep(int fd, int64_t offset) {
  mark_fd = -1;
  mark_offset = offset;
  mark_fd = fd;
}

void LastMark::set(char mark) {
  const int fd = mark_fd;
  if (fd < 0) return;
  const int kept = errno;
  [[maybe_unused]] const ssize_t written = pwrite(fd, &mark, 1, mark_offset);  // a hint; nothing depends on it
  errno = kept;
}

}  // namespace foldwave
