#include "foldwave/core/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "core/temporary_name.h"
#include "foldwave/core/errors.h"

namespace foldwave {
namespace {

// Where there is no O_TMPFILE: under a temporary name for a moment, so that what a killed process leaves is found.
int open_and_unlink(const std::filesystem::path& directory) {
  static std::atomic<int> count = 0;
  const auto name = temporary_name(directory / ("unnamed-" + std::to_string(count++)));
  const int fd = ::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) ::unlink(name.c_str());
  return fd;
}

}  // namespace

Descriptor::Descriptor(int open_file, std::filesystem::path path) : path_(std::move(path)), fd_(open_file) {}

Descriptor::Descriptor(std::filesystem::path path, int flags)
    : path_(std::move(path)), fd_(::open(path_.c_str(), flags | O_CLOEXEC, 0666)) {
  if (fd_ < 0) throw SystemError("opening '" + path_.string() + "'", errno);
}

Descriptor Descriptor::unnamed(const std::filesystem::path& directory) {
  int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) fd = open_and_unlink(directory);
  if (fd < 0) throw SystemError("making a temporary file in '" + directory.string() + "'", errno);
  return {fd, directory / "(a temporary file)"};
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

void Descriptor::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw SystemError("writing '" + path_.string() + "'", errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

void Descriptor::write_at(uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw SystemError("writing '" + path_.string() + "'", errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
}

void Descriptor::read_at(uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw SystemError("reading '" + path_.string() + "'", errno);
    if (n == 0)
      throw SystemError("reading '" + path_.string() + "': the file ends at byte " + std::to_string(offset) + ", " +
                        std::to_string(out.size()) + " bytes too early");
    out = out.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
}

size_t Descriptor::read_some(std::span<std::byte> out) {
  for (;;) {
    const ssize_t n = ::read(fd_, out.data(), out.size());
    if (n >= 0) return static_cast<size_t>(n);
    if (errno != EINTR) throw SystemError("reading '" + path_.string() + "'", errno);
  }
}

// The kernel copies page to page, or shares them where the file system can. Where it does not, whatever the reason, a
// buffer takes over, which works or knows why.
void Descriptor::copy_from(const Descriptor& from, uint64_t offset, uint64_t bytes) {
  off_t source = 0, target = static_cast<off_t>(offset);
  const auto end = static_cast<off_t>(bytes);
  for (ssize_t n = 1; n > 0 && source < end;)
    n = ::copy_file_range(from.fd_, &source, fd_, &target, static_cast<size_t>(end - source), 0);
  std::vector<std::byte> block(source < end ? size_t{1} << 18 : 0);
  while (source < end) {
    const auto part = std::span(block).first(std::min(block.size(), static_cast<size_t>(end - source)));
    from.read_at(static_cast<uint64_t>(source), part);
    write_at(offset + static_cast<uint64_t>(source), part);
    source += static_cast<off_t>(part.size());
  }
}

uint64_t Descriptor::size() const {
  struct stat state {};
  if (::fstat(fd_, &state) != 0) throw SystemError("asking for the size of '" + path_.string() + "'", errno);
  return static_cast<uint64_t>(state.st_size);
}

void Descriptor::sync() {
  // EINVAL: a file system that has nothing to sync.
  if (::fsync(fd_) != 0 && errno != EINVAL) throw SystemError("syncing '" + path_.string() + "'", errno);
}

void Descriptor::let_group_read() {
  struct stat state {};
  if (::fstat(fd_, &state) != 0) throw SystemError("asking for the mode of '" + path_.string() + "'", errno);
  const mode_t wanted = S_ISDIR(state.st_mode) ? S_IRWXU | S_IRGRP | S_IXGRP : S_IRUSR | S_IWUSR | S_IRGRP;
  if ((state.st_mode & wanted) == wanted || state.st_uid != ::geteuid()) return;
  if (::fchmod(fd_, (state.st_mode | wanted) & 07777) != 0)
    throw SystemError("letting the group read '" + path_.string() + "'", errno);
}

void Descriptor::close() {
  if (::close(std::exchange(fd_, -1)) != 0) throw SystemError("closing '" + path_.string() + "'", errno);
}

}  // namespace foldwave
