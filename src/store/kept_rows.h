// What was made of stretches of songs, kept up to a number of bytes: trials ask for the same ones again and again.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <span>
#include <tuple>
#include <vector>

namespace foldwave::store {

struct Stretch {
  int track, first_frame, frames;

  bool operator<(const Stretch& other) const {
    return std::tie(track, first_frame, frames) < std::tie(other.track, other.first_frame, other.frames);
  }
};

// Thread-safe.
class KeptRows {
 public:
  explicit KeptRows(size_t most_bytes = size_t{256} << 20) : most_bytes_(most_bytes) {}

  bool find(const Stretch& stretch, std::span<float> out) const {
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(stretch);
    if (found == rows_.end()) return false;
    std::copy(found->second.begin(), found->second.end(), out.begin());
    return true;
  }
  void keep(const Stretch& stretch, const std::vector<float>& row) {
    const std::lock_guard lock(mutex_);
    const size_t bytes = row.size() * sizeof(float);
    if (bytes_ + bytes <= most_bytes_ && rows_.emplace(stretch, row).second) bytes_ += bytes;
  }

 private:
  size_t most_bytes_;
  mutable std::mutex mutex_;
  std::map<Stretch, std::vector<float>> rows_;
  size_t bytes_ = 0;
};

}  // namespace foldwave::store
