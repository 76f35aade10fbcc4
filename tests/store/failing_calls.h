// System calls that fail, or kill the process, when a test tells them to: for this program alone, HDF5 included.
#pragma once

#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>

namespace foldwave::store {

// While it lives: the nth call (from 0) named `call` on a file below `directory` fails once
// with `error`, or kills the process; "any" is all calls.
inline constexpr int kill_process = -1;
class Fault {
 public:
  Fault(std::string call, int error, int nth, const std::filesystem::path& directory)
      : call_(std::move(call)), error_(error), left_(nth), directory_(directory.string()) {
    armed = this;
  }
  ~Fault() { armed = nullptr; }
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;
  bool struck() const { return left_ < 0; }

  static bool strikes(const char* call, const std::string& path) {
    return armed != nullptr && armed->strike(call, path);
  }
  static bool strikes(const char* call, int file) {
    if (armed == nullptr) return false;
    char path[4096] = "";
    const ssize_t length = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path, sizeof path);
    return length > 0 && armed->strike(call, std::string(path, static_cast<size_t>(length)));
  }

 private:
  bool strike(const char* call, const std::string& path) {
    if ((call_ != call && call_ != "any") || !path.starts_with(directory_) || left_-- != 0) return false;
    if (error_ == kill_process) kill(getpid(), SIGKILL);
    errno = error_;
    return true;
  }

  static inline Fault* armed = nullptr;
  std::string call_;
  int error_, left_;
  std::string directory_;
};

template <class Call>
Call* next(const char* name) {
  return reinterpret_cast<Call*>(dlsym(RTLD_NEXT, name));
}

}  // namespace foldwave::store

// The program's own symbols come before those of the C library, also for HDF5.
using foldwave::store::Fault;
using foldwave::store::next;
extern "C" {
ssize_t write(int file, const void* bytes, size_t n) {
  static const auto call = next<decltype(write)>("write");
  return Fault::strikes("write", file) ? -1 : call(file, bytes, n);
}
ssize_t pwrite(int file, const void* bytes, size_t n, off_t offset) {
  static const auto call = next<decltype(pwrite)>("pwrite");
  return Fault::strikes("pwrite", file) ? -1 : call(file, bytes, n, offset);
}
ssize_t pwrite64(int file, const void* bytes, size_t n, off64_t offset) {
  static const auto call = next<decltype(pwrite64)>("pwrite64");
  return Fault::strikes("pwrite", file) ? -1 : call(file, bytes, n, offset);
}
ssize_t copy_file_range(int from, off64_t* source, int to, off64_t* target, size_t n, unsigned flags) {
  static const auto call = next<decltype(copy_file_range)>("copy_file_range");
  return Fault::strikes("copy_file_range", to) ? -1 : call(from, source, to, target, n, flags);
}
int ftruncate(int file, off_t size) noexcept {
  static const auto call = next<int(int, off_t)>("ftruncate");
  return Fault::strikes("ftruncate", file) ? -1 : call(file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
  static const auto call = next<int(int, off64_t)>("ftruncate64");
  return Fault::strikes("ftruncate", file) ? -1 : call(file, size);
}
int fsync(int file) {
  static const auto call = next<decltype(fsync)>("fsync");
  return Fault::strikes("fsync", file) ? -1 : call(file);
}
int close(int file) {
  static const auto call = next<decltype(close)>("close");
  const bool strikes = Fault::strikes("close", file);
  const int error = errno, done = call(file);  // a close that fails has closed all the same
  if (strikes) errno = error;
  return strikes ? -1 : done;
}
int rename(const char* from, const char* to) noexcept {
  static const auto call = next<int(const char*, const char*)>("rename");
  return Fault::strikes("rename", std::string(from)) ? -1 : call(from, to);
}
int link(const char* from, const char* to) noexcept {
  static const auto call = next<int(const char*, const char*)>("link");
  return Fault::strikes("link", std::string(from)) ? -1 : call(from, to);
}
}
