// The ids of all tracks in one piece of memory, and the way back from an id to its track.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave::store {

class SongIds {
 public:
  explicit SongIds(size_t count);      // of which as many must be added, before any is looked for
  void add(std::string_view song_id);  // the next track
  size_t size() const { return begin_.size() - 1; }
  std::string_view operator[](size_t track) const;
  int find(std::string_view song_id) const;  // the first track of that id; -1: none

 private:
  size_t slot_of(std::string_view song_id) const;  // that holds it, or the empty one where it would be
  std::string text_;
  std::vector<uint64_t> begin_ = {0};  // [tracks + 1] in text_
  std::vector<int32_t> slots_;         // open addressing: a track, or -1; a power of two, at most half full
};

}  // namespace foldwave::store
