// Files that are either whole or not there: written under a temporary name, synced, renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave {

// Who can read a file that is written here: those the umask leaves, or the group whatever the umask says.
enum class Readers { by_umask, group };

std::string read_file(const std::filesystem::path& path);  // throws SystemError, as all here do
// Replaces atomically.
void publish(const std::filesystem::path& path, std::string_view bytes, Readers readers = Readers::by_umask);
// Only where no file of that name is there: of two processes that publish at once, one is told true and the other
// false.
bool publish_new(const std::filesystem::path& path, std::string_view bytes, Readers readers = Readers::by_umask);
// With Readers::group, `path` and the directories on the way that are not there yet can be searched by the group.
void make_directories(const std::filesystem::path& path, Readers readers = Readers::by_umask);

// A file that a library writes by name: hand it `temporary()`, then `commit()`. Uncommitted, it is removed.
class PendingFile {
 public:
  explicit PendingFile(std::filesystem::path target, Readers readers = Readers::by_umask);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }
  void commit();      // fsync file, rename, fsync directory
  bool commit_new();  // the same, but a file that is there stays: then false

 private:
  void sync() const;
  std::filesystem::path target_, temporary_;
  Readers readers_;
  bool committed_ = false;
};

// Removes what killed processes left under temporary names in `directory` (not below it): those of this host whose
// process is gone, and those of other hosts that are more than an hour old.
void remove_abandoned(const std::filesystem::path& directory);

// The files that patterns name, as a shell's would (*, ?, [...]): pattern by pattern, of each in the order of their
// names, a file that several name once. InputError, which begins with `key`, where there is none of a pattern.
std::vector<std::filesystem::path> files_like(const std::vector<std::string>& patterns, const std::string& key);

// 64 bits that depend on the text alone (FNV-1a), the same on every machine; as 16 hex digits: a name for a content.
// A text may come in parts: hash64(b, hash64(a)) is the hash of a and b in one.
uint64_t hash64(std::string_view text, uint64_t so_far = 0xcbf29ce484222325U);
std::string fingerprint(std::string_view text);
std::string fingerprint(uint64_t hash);

}  // namespace foldwave
