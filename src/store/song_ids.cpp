#include "store/song_ids.h"

#include <bit>

#include "foldwave/core/files.h"

namespace foldwave::store {

SongIds::SongIds(size_t count) : slots_(std::bit_ceil(2 * count + 1), -1) { begin_.reserve(count + 1); }

void SongIds::add(std::string_view song_id) {
  const size_t slot = slot_of(song_id);
  if (slots_[slot] < 0) slots_[slot] = static_cast<int32_t>(size());
  text_.append(song_id);
  begin_.push_back(text_.size());
}

std::string_view SongIds::operator[](size_t track) const {
  return std::string_view(text_).substr(begin_[track], begin_[track + 1] - begin_[track]);
}

size_t SongIds::slot_of(std::string_view song_id) const {
  size_t slot = hash64(song_id) & (slots_.size() - 1);
  while (slots_[slot] >= 0 && (*this)[static_cast<size_t>(slots_[slot])] != song_id)
    slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

int SongIds::find(std::string_view song_id) const { return slots_[slot_of(song_id)]; }

}  // namespace foldwave::store
