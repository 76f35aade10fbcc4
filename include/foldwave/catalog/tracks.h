// Tracks by number, each a song's id and its file. They lie in one text: as strings of their own a million of them
// would take twice the memory on every rank.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace foldwave::catalog {

struct Track {
  std::string id;    // as read
  std::string path;  // relative to the catalogue's root, as read
};

class Tracks {
 public:
  void reserve(size_t tracks, size_t bytes);  // room for so many more, and for their ids and paths
  void push_back(const Track& track);

  size_t size() const { return begin_.size(); }
  const Track operator[](size_t track) const { return {std::string(id(track)), std::string(path(track))}; }
  std::string_view id(size_t track) const;  // these two borrow, until the next push_back
  std::string_view path(size_t track) const;

 private:
  struct Begin {
    size_t id, path;
  };
  std::string text_;
  std::vector<Begin> begin_;  // in the text, of each track
};

}  // namespace foldwave::catalog
