#include "audio/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {
namespace {

constexpr size_t kAheadBytes = 64 << 10;

// What is short of a file, or of memory, is this process; no file is to blame.
bool machine_is_short(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM; }

// Without waiting for the other end of a FIFO, or for a device to get ready.
int open_to_read(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor >= 0) return descriptor;
  const int error = errno;
  if (machine_is_short(error)) throw SystemError("opening '" + path.string() + "'", error);
  std::error_code ignored;
  if (error == ENOENT)
    throw UnusableAudio(std::filesystem::is_symlink(path, ignored) ? "a link to no file" : "no such file");
  throw UnusableAudio(std::string("cannot be opened: ") + std::strerror(error));
}

struct stat status_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw UnusableAudio(std::string("cannot be read: ") + std::strerror(errno));
  return status;
}

struct stat status_of_file_with_bytes(int descriptor) {
  const struct stat status = status_of(descriptor);
  if (S_ISDIR(status.st_mode)) throw UnusableAudio("a directory, not a file");
  if (S_ISFIFO(status.st_mode)) throw UnusableAudio("a FIFO, not a file");
  if (!S_ISREG(status.st_mode)) throw UnusableAudio("not a regular file");
  if (status.st_size == 0) throw UnusableAudio("an empty file");
  return status;
}

bool same_content(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path, ReadAhead& ahead)
    : ahead_(ahead), descriptor_(open_to_read(path), path), opened_(status_of_file_with_bytes(descriptor_.get())) {
  ahead_.bytes.resize(kAheadBytes);
}

int64_t InputFile::read(char* to, int64_t count) {
  int64_t done = 0;
  while (done < count) {
    if ((position_ < ahead_begin_ || position_ >= ahead_end_) && !fill()) break;
    const int64_t bytes = std::min(count - done, ahead_end_ - position_);
    std::memcpy(to + done, ahead_.bytes.data() + (position_ - ahead_begin_), static_cast<size_t>(bytes));
    position_ += bytes;
    done += bytes;
  }
  return done;
}

bool InputFile::fill() {
  given_up_ = given_up_ || ahead_.give_up;
  if (given_up_ || error_ != 0 || position_ < 0 || position_ >= size()) return false;
  ssize_t bytes = 0;
  do bytes = ::pread(descriptor_.get(), ahead_.bytes.data(), ahead_.bytes.size(), position_);
  while (bytes < 0 && errno == EINTR);
  if (bytes < 0) error_ = errno;
  if (bytes <= 0) return false;
  ahead_begin_ = position_;
  ahead_end_ = position_ + bytes;
  return true;
}

void InputFile::require_read_well() const {
  if (given_up_ || ahead_.give_up) throw UnusableAudio("given up");
  if (error_ != 0) throw UnusableAudio(std::string("cannot be read: ") + std::strerror(error_));
  if (!same_content(opened_, status_of(descriptor_.get()))) throw UnusableAudio("changed while it was read");
}

}  // namespace foldwave::audio
