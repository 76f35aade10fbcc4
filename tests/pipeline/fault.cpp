// Preloaded into the program, it stands between it and the disk. FOLDWAVE_FAULT names the files that are meant, by a
// part of their path, and FOLDWAVE_FAULT_HOW what happens to them:
//   enospc:N   from the N-th write, sync or rename on, these all fail as on a full disk; FOLDWAVE_FAULT_COUNT names a
//   file
//              that gets a byte for each such call
//   eio        reads fail
//   slow       a sync takes two seconds
//   nomem:N    LibTorch gets no memory in pieces of N bytes or more
// FOLDWAVE_FAULT_RANK restricts it to one rank.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

struct Plan {
  std::string files = variable("FOLDWAVE_FAULT"), how = variable("FOLDWAVE_FAULT_HOW"),
              count = variable("FOLDWAVE_FAULT_COUNT"), rank = variable("FOLDWAVE_FAULT_RANK");
  bool here = !files.empty() && (rank.empty() || rank == variable("OMPI_COMM_WORLD_RANK"));
  long first = how.starts_with("enospc:") ? std::atol(how.c_str() + 7) : 0;
};
const Plan& plan() {
  static const Plan only;
  return only;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_meant(std::string_view path) { return plan().here && path.find(plan().files) != std::string_view::npos; }

bool is_meant(int descriptor) {
  if (!plan().here) return false;
  char path[4096];
  const ssize_t length = readlink(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), path, sizeof path);
  return length > 0 && is_meant(std::string_view(path, static_cast<size_t>(length)));
}

// Of all ranks' processes, by the length of a file that all append to.
long number_of_this_call() {
  if (plan().count.empty()) {
    static std::atomic<long> calls = 0;
    return ++calls;
  }
  const int fd = next<int(const char*, int, ...)>("open")(plan().count.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  next<ssize_t(int, const void*, size_t)>("write")(fd, ".", 1);
  const long calls = lseek(fd, 0, SEEK_CUR);
  close(fd);
  return calls;
}

bool disk_is_full() {
  if (!plan().how.starts_with("enospc")) return false;
  if (number_of_this_call() < plan().first) return false;
  errno = ENOSPC;
  return true;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  if (is_meant(fd) && disk_is_full()) return -1;
  return next<ssize_t(int, const void*, size_t)>("write")(fd, bytes, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  if (is_meant(fd) && disk_is_full()) return -1;
  return next<ssize_t(int, const void*, size_t, off_t)>("pwrite")(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) { return pwrite(fd, bytes, count, offset); }

int fsync(int fd) {
  if (is_meant(fd)) {
    if (plan().how == "slow") sleep(2);
    if (disk_is_full()) return -1;
  }
  return next<int(int)>("fsync")(fd);
}

int fdatasync(int fd) {
  if (is_meant(fd) && disk_is_full()) return -1;
  return next<int(int)>("fdatasync")(fd);
}

int rename(const char* from, const char* to) {
  if (is_meant(std::string_view(to)) && disk_is_full()) return -1;
  return next<int(const char*, const char*)>("rename")(from, to);
}

int link(const char* from, const char* to) {
  if (is_meant(std::string_view(to)) && disk_is_full()) return -1;
  return next<int(const char*, const char*)>("link")(from, to);
}

ssize_t pread(int fd, void* bytes, size_t count, off_t offset) {
  if (plan().how == "eio" && is_meant(fd)) {
    errno = EIO;
    return -1;
  }
  return next<ssize_t(int, void*, size_t, off_t)>("pread")(fd, bytes, count, offset);
}

int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  static const size_t limit =
      plan().here && plan().how.starts_with("nomem:") ? std::strtoul(plan().how.c_str() + 6, nullptr, 10) : 0;
  if (limit > 0 && bytes >= limit) return ENOMEM;
  return next<int(void**, size_t, size_t)>("posix_memalign")(memory, alignment, bytes);
}

ssize_t pread64(int fd, void* bytes, size_t count, off64_t offset) { return pread(fd, bytes, count, offset); }

}  // extern "C"
