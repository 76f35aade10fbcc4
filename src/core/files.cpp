#include "foldwave/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <system_error>

#include "foldwave/core/errors.h"

namespace foldwave {
namespace {

constexpr std::string_view kTemporaryMark = ".writing-";

// An open file descriptor; `close()` reports what a destructor must swallow.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (fd_ < 0) throw SystemError("opening '" + path.string() + "'", errno);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw SystemError("writing '" + path_.string() + "'", errno);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }
  std::string read_all() {
    std::string bytes;
    char block[1 << 16];
    for (;;) {
      const ssize_t n = ::read(fd_, block, sizeof block);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw SystemError("reading '" + path_.string() + "'", errno);
      if (n == 0) return bytes;
      bytes.append(block, static_cast<size_t>(n));
    }
  }
  void sync() {
    // EINVAL: a file system that has nothing to sync.
    if (::fsync(fd_) != 0 && errno != EINVAL) throw SystemError("syncing '" + path_.string() + "'", errno);
  }
  void close() {
    const int fd = fd_;
    fd_ = -1;
    if (::close(fd) != 0) throw SystemError("closing '" + path_.string() + "'", errno);
  }

 private:
  std::filesystem::path path_;
  int fd_;
};

void sync_and_close(const std::filesystem::path& path, int flags) {
  Descriptor file(path, flags);
  file.sync();
  file.close();
}

std::filesystem::path parent_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

std::string host_name() {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return host;
}

// `writer` is HOST-PID. Of another host's process only the file's age tells.
bool has_writer(const std::string& writer, const std::filesystem::directory_entry& file) {
  const size_t dash = writer.rfind('-');
  const pid_t process = static_cast<pid_t>(std::strtol(writer.c_str() + dash + 1, nullptr, 10));
  if (writer.substr(0, dash) == host_name()) return process != ::getpid() && process > 0 && ::kill(process, 0) == 0;
  std::error_code error;
  const auto written = file.last_write_time(error);
  return !error && std::filesystem::file_time_type::clock::now() - written < std::chrono::hours(1);
}

}  // namespace

std::string read_file(const std::filesystem::path& path) { return Descriptor(path, O_RDONLY).read_all(); }

void publish(const std::filesystem::path& path, std::string_view bytes) {
  PendingFile pending(path);
  Descriptor file(pending.temporary(), O_WRONLY | O_CREAT | O_TRUNC);
  file.write(bytes);
  file.close();
  pending.commit();
}

void make_directories(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw SystemError("making the directory '" + path.string() + "': " + error.message());
}

PendingFile::PendingFile(std::filesystem::path target) : target_(std::move(target)) {
  temporary_ = target_;
  temporary_ += fmt::format("{}{}-{}", kTemporaryMark, host_name(), ::getpid());
}

PendingFile::~PendingFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void PendingFile::commit() {
  sync_and_close(temporary_, O_RDONLY);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0)
    throw SystemError("renaming '" + temporary_.string() + "' to '" + target_.string() + "'", errno);
  committed_ = true;
  sync_and_close(parent_of(target_), O_RDONLY | O_DIRECTORY);
}

void remove_abandoned(const std::filesystem::path& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    const size_t mark = name.find(kTemporaryMark);
    if (mark != std::string::npos && !has_writer(name.substr(mark + kTemporaryMark.size()), entry))
      std::filesystem::remove(entry.path(), error);
  }
}

uint64_t hash64(std::string_view text, uint64_t so_far) {
  for (const char c : text) so_far = (so_far ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return so_far;
}

std::string fingerprint(std::string_view text) { return fingerprint(hash64(text)); }
std::string fingerprint(uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace foldwave
