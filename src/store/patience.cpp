#include "store/patience.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace foldwave::store {
namespace {

constexpr std::chrono::milliseconds first_pause{16}, last_pause{1024};  // doubled each time: 2032 ms in all

// A client of a network file system asks the server again for what it remembers of a directory when that is opened.
void refresh(const std::filesystem::path& directory, const FileCalls& calls) {
  const int opened = calls.open(directory.empty() ? "." : directory.c_str());
  if (opened >= 0) ::close(opened);
}

}  // namespace

FileCalls system_calls() {
  return {
      [](const char* path) { return ::open(path, O_RDONLY | O_CLOEXEC); },
      [](int file, void* to, size_t bytes, long offset) { return static_cast<long>(::pread(file, to, bytes, offset)); },
      [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }};
}

int open_patiently(const std::filesystem::path& path, const FileCalls& calls) {
  int opened = calls.open(path.c_str());
  for (auto pause = first_pause; opened < 0 && (errno == ENOENT || errno == ESTALE) && pause <= last_pause;
       pause *= 2) {
    calls.pause(pause);
    refresh(path.parent_path(), calls);
    opened = calls.open(path.c_str());
  }
  return opened;
}

void await_file(const std::filesystem::path& path, const FileCalls& calls) {
  if (const int opened = open_patiently(path, calls); opened >= 0) ::close(opened);
}

}  // namespace foldwave::store
