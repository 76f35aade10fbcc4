// Files that are either whole or not there: written under a temporary name, synced, renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace foldwave {

std::string read_file(const std::filesystem::path& path);                 // throws SystemError
void publish(const std::filesystem::path& path, std::string_view bytes);  // throws SystemError; replaces atomically
void make_directories(const std::filesystem::path& path);                 // throws SystemError

// A file that a library writes by name: hand it `temporary()`, then `commit()`. Uncommitted, it is removed.
class PendingFile {
 public:
  explicit PendingFile(std::filesystem::path target);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }
  void commit();  // fsync file, rename, fsync directory; throws SystemError

 private:
  std::filesystem::path target_, temporary_;
  bool committed_ = false;
};

// Removes what killed processes left under temporary names in `directory` (not below it): those of this host whose
// process is gone, and those of other hosts that are more than an hour old.
void remove_abandoned(const std::filesystem::path& directory);

// 64 bits that depend on the text alone (FNV-1a), the same on every machine; as 16 hex digits: a name for a content.
// A text may come in parts: hash64(b, hash64(a)) is the hash of a and b in one.
uint64_t hash64(std::string_view text, uint64_t so_far = 0xcbf29ce484222325U);
std::string fingerprint(std::string_view text);
std::string fingerprint(uint64_t hash);

}  // namespace foldwave
