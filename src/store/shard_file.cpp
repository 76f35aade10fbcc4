#include "store/shard_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "foldwave/core/errors.h"

namespace foldwave::store {

ShardFile::ShardFile(std::filesystem::path path) : path_(std::move(path)) {}

ShardFile::~ShardFile() {
  if (const int opened = descriptor_; opened >= 0) ::close(opened);
}

// Two threads may open it at once; the second one keeps the first one's.
int ShardFile::descriptor() const {
  if (const int there = descriptor_.load(std::memory_order_acquire); there >= 0) return there;
  const int opened = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) throw SystemError("opening '" + path_.string() + "'", errno);
  int there = -1;
  if (descriptor_.compare_exchange_strong(there, opened)) return opened;
  ::close(opened);
  return there;
}

void ShardFile::read(uint64_t offset, std::span<std::byte> out, const std::string& song_id,
                     const std::string& payload) const {
  const int file = descriptor();
  while (!out.empty()) {
    const ssize_t n = ::pread(file, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    const int error = errno;
    if (n <= 0) {
      const std::string what = "reading " + payload + " of track '" + song_id + "' from '" + path_.string() + "'";
      if (n < 0) throw SystemError(what, error);
      throw SystemError(what + ": the file ends at byte " + std::to_string(offset) + ", " + std::to_string(out.size()) +
                        " bytes too early");
    }
    out = out.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
}

}  // namespace foldwave::store
