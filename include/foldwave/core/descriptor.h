// An open file by its descriptor: every call checked, whole reads and writes, errors that name the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace foldwave {

class Descriptor {
 public:
  // flags of open(2); a new file is made with 0666 less the umask. Every member throws SystemError.
  Descriptor(std::filesystem::path path, int flags);
  Descriptor(int open_file, std::filesystem::path path);  // takes it over
  // A file that has no name (to others), for reading and writing: it is gone when it is closed, however the process
  // ends. `directory` says on which file system.
  static Descriptor unnamed(const std::filesystem::path& directory);
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  void write(std::span<const std::byte> bytes);                      // behind what was written before
  void write_at(uint64_t offset, std::span<const std::byte> bytes);  // leaves the position as it is
  void read_at(uint64_t offset, std::span<std::byte> out) const;     // all of it, or an error that says where it ends
  size_t read_some(std::span<std::byte> out);                        // 0 at the end
  void copy_from(const Descriptor& from, uint64_t offset, uint64_t bytes);  // bytes [0, bytes) of `from`, to `offset`
  uint64_t size() const;
  void sync();
  void let_group_read();
  void close();  // reports what a destructor must swallow

  int get() const { return fd_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int fd_;
};

}  // namespace foldwave
