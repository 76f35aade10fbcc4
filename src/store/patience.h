// Files that must be there but are not yet: on a network file system a node may for a moment not see what another one
// has just renamed (ENOENT), or see what it replaced (ESTALE).
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

namespace foldwave::store {

// The system calls by which shards are opened and read; tests put others in their place.
struct FileCalls {
  std::function<int(const char* path)> open;  // for reading
  std::function<long(int file, void* to, size_t bytes, long offset)> pread;
  std::function<void(std::chrono::milliseconds)> pause;
};
FileCalls system_calls();

// Opens a file that must be there: asks again, with growing pauses and for some 2 s in all, before it believes that it
// is not. The descriptor, or -1 with errno set.
int open_patiently(const std::filesystem::path& path, const FileCalls& calls = system_calls());
// Returns when the file can be opened, or is believed not to be there; opening it then says which.
void await_file(const std::filesystem::path& path, const FileCalls& calls = system_calls());

}  // namespace foldwave::store
