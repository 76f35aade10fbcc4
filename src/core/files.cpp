#include "foldwave/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <span>
#include <system_error>
#include <vector>

#include "core/temporary_name.h"
#include "foldwave/core/descriptor.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/host.h"
#include "foldwave/core/tenure.h"

namespace foldwave {
namespace {

std::filesystem::path parent_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

void sync_directory_of(const std::filesystem::path& file) {
  Descriptor directory(parent_of(file), O_RDONLY | O_DIRECTORY);
  directory.sync();
  directory.close();
}

void write_pending(const PendingFile& pending, std::string_view bytes) {
  Descriptor file(pending.temporary(), O_WRONLY | O_CREAT | O_TRUNC);
  file.write(std::as_bytes(std::span(bytes)));
  file.close();
}

// A server that had to answer twice says EEXIST of the link that it made itself.
bool is_linked(const std::filesystem::path& temporary) {
  struct stat state {};
  return ::stat(temporary.c_str(), &state) == 0 && state.st_nlink == 2;
}

// Gives `from` the name `to` unless a file has it: then false. Where there are no hard links, by a rename that refuses;
// where there is no such rename either, the moment between the question and the rename stays open.
bool take_name(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return true;
  if (errno == EEXIST) return is_linked(from);
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
    throw SystemError("linking '" + from.string() + "' to '" + to.string() + "'", errno);
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno == EINVAL || errno == ENOSYS) {
    if (::access(to.c_str(), F_OK) == 0) return false;
    if (::rename(from.c_str(), to.c_str()) == 0) return true;
  }
  throw SystemError("renaming '" + from.string() + "' to '" + to.string() + "'", errno);
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

std::string read_file(const std::filesystem::path& path) {
  Descriptor file(path, O_RDONLY);
  std::string bytes;
  std::array<char, size_t{1} << 16> block{};
  while (const size_t n = file.read_some(std::as_writable_bytes(std::span(block)))) bytes.append(block.data(), n);
  return bytes;
}

void publish(const std::filesystem::path& path, std::string_view bytes, Readers readers) {
  PendingFile pending(path, readers);
  write_pending(pending, bytes);
  pending.commit();
}

bool publish_new(const std::filesystem::path& path, std::string_view bytes, Readers readers) {
  PendingFile pending(path, readers);
  write_pending(pending, bytes);
  return pending.commit_new();
}

void make_directories(const std::filesystem::path& path, Readers readers) {
  std::vector<std::filesystem::path> made = {path};
  for (auto above = parent_of(path); !std::filesystem::exists(above) && above != parent_of(above);
       above = parent_of(above))
    made.push_back(above);
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw SystemError("making the directory '" + path.string() + "': " + error.message());
  if (readers == Readers::by_umask) return;
  for (const auto& directory : made) Descriptor(directory, O_RDONLY | O_DIRECTORY).let_group_read();
}

PendingFile::PendingFile(std::filesystem::path target, Readers readers)
    : target_(std::move(target)), temporary_(temporary_name(target_)), readers_(readers) {}

PendingFile::~PendingFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void PendingFile::sync() const {
  Descriptor file(temporary_, O_RDONLY);
  if (readers_ == Readers::group) file.let_group_read();
  file.sync();
  file.close();
}

void PendingFile::commit() {
  sync();
  Tenure::check();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0)
    throw SystemError("renaming '" + temporary_.string() + "' to '" + target_.string() + "'", errno);
  committed_ = true;
  sync_directory_of(target_);
}

bool PendingFile::commit_new() {
  sync();
  Tenure::check();
  const bool taken = take_name(temporary_, target_);
  sync_directory_of(target_);
  return taken;
}

void remove_abandoned(const std::filesystem::path& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    const size_t mark = name.find(temporary_mark);
    if (mark != std::string::npos && !has_writer(name.substr(mark + temporary_mark.size()), entry))
      std::filesystem::remove(entry.path(), error);
  }
}

namespace {

std::vector<std::filesystem::path> files_like(const std::string& pattern, const std::string& key) {
  glob_t found{};
  const int outcome = glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::filesystem::path> paths;
  if (outcome == 0)
    for (size_t i = 0; i < found.gl_pathc; ++i)
      if (!std::filesystem::is_directory(found.gl_pathv[i])) paths.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  if (paths.empty())
    throw InputError(key + ": there is no file " + (pattern.find_first_of("*?[") == std::string::npos ? "" : "like ") +
                     "'" + pattern + "'");
  return paths;
}

}  // namespace

std::vector<std::filesystem::path> files_like(const std::vector<std::string>& patterns, const std::string& key) {
  std::vector<std::filesystem::path> files;
  std::set<std::filesystem::path> seen;
  for (const std::string& pattern : patterns)
    for (std::filesystem::path& path : files_like(pattern, key))
      if (seen.insert(std::filesystem::weakly_canonical(path)).second) files.push_back(std::move(path));
  return files;
}

uint64_t hash64(std::string_view text, uint64_t so_far) {
  for (const char c : text) so_far = (so_far ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return so_far;
}

std::string fingerprint(std::string_view text) { return fingerprint(hash64(text)); }
std::string fingerprint(uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace foldwave
