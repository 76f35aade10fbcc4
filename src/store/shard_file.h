// A shard as bytes: opened when first needed, read by pread from any number of threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace foldwave::store {

class ShardFile {
 public:
  explicit ShardFile(std::filesystem::path path);
  ~ShardFile();
  ShardFile(const ShardFile&) = delete;
  ShardFile& operator=(const ShardFile&) = delete;

  // All of `out`, or SystemError that names file, track and payload.
  void read(uint64_t offset, std::span<std::byte> out, const std::string& song_id, const std::string& payload) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  int descriptor() const;
  std::filesystem::path path_;
  mutable std::atomic<int> descriptor_{-1};
};

}  // namespace foldwave::store
