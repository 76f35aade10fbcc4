#include "foldwave/catalog/tracks.h"

namespace foldwave::catalog {

void Tracks::reserve(size_t tracks, size_t bytes) {
  begin_.reserve(begin_.size() + tracks);
  text_.reserve(text_.size() + bytes);
}

void Tracks::push_back(const Track& track) {
  begin_.push_back({text_.size(), text_.size() + track.id.size()});
  text_ += track.id;
  text_ += track.path;
}

std::string_view Tracks::id(size_t track) const {
  const auto [id, path] = begin_[track];
  return std::string_view(text_).substr(id, path - id);
}

std::string_view Tracks::path(size_t track) const {
  const size_t begin = begin_[track].path, end = track + 1 < size() ? begin_[track + 1].id : text_.size();
  return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace foldwave::catalog
