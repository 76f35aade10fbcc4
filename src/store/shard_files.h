// The shards of a store as bytes: opened when first needed, read by pread from any number of threads, at most so many
// of them open at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/patience.h"

namespace foldwave::store {

class ShardFiles {
 public:
  ShardFiles(std::filesystem::path directory, int shards, size_t most_open = usual_most_open(),
             FileCalls calls = system_calls());
  ~ShardFiles();
  ShardFiles(const ShardFiles&) = delete;
  ShardFiles& operator=(const ShardFiles&) = delete;

  // All of `out`, or SystemError that names file, track and payload.
  void read(int shard, uint64_t offset, std::span<std::byte> out, std::string_view song_id,
            const std::string& payload) const;
  size_t open_now() const;

  static size_t usual_most_open();  // 256, or a quarter of what the process may have open

 private:
  // A thread that reads pins the file by one atomic addition, so no reader waits for another, and threads that read
  // different shards share nothing. The mutex guards which files are open, not reading.
  struct alignas(64) Slot {
    std::atomic<uint64_t> state = 0;      // (descriptor + 1) << 32 | readers; descriptor + 1 is 0 while it is closed
    std::atomic<uint64_t> last_used = 0;  // how many files had been opened then
  };
  class Pin;

  Pin pin(int shard) const;
  int pin_if_open(Slot& slot) const;
  bool close_if_idle(size_t shard) const;  // with the mutex
  bool close_least_recently_used() const;  // with the mutex
  int read_anew(int shard, uint64_t& offset, std::span<std::byte>& out) const;
  int read_all(int file, uint64_t& offset, std::span<std::byte>& out) const;

  std::filesystem::path directory_;
  size_t most_open_;
  FileCalls calls_;
  mutable std::vector<Slot> slots_;  // [shards]
  mutable std::atomic<uint64_t> openings_ = 0;
  mutable std::mutex mutex_;
  mutable std::vector<size_t> open_;  // shards
};

}  // namespace foldwave::store
