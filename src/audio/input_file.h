// A regular file of which reading may fail, hang or be given up, and which may change meanwhile: each is found out.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "foldwave/core/descriptor.h"

namespace foldwave::audio {

// Where and how the bytes are read; kept from file to file.
struct ReadAhead {
  std::vector<char> bytes;
  const std::atomic<bool>& give_up;  // from then on every file is at its end
};

class InputFile {
 public:
  // Throws UnusableAudio: not there, not a regular file, empty, may not be read.
  InputFile(const std::filesystem::path& path, ReadAhead& ahead);

  int64_t size() const { return opened_.st_size; }
  int64_t position() const { return position_; }
  void go_to(int64_t position) { position_ = position; }
  int64_t read(char* to, int64_t count);  // fewer than `count` at the end and wherever reading fails

  // UnusableAudio if what was read is not what the file holds: given up, unreadable, changed since it was opened.
  void require_read_well() const;

 private:
  bool fill();  // the read-ahead, from position_; false at the end or where reading fails

  ReadAhead& ahead_;
  Descriptor descriptor_;
  struct stat opened_ {};
  int64_t position_ = 0;
  int64_t ahead_begin_ = 0, ahead_end_ = 0;  // bytes of the file that ahead_ holds
  int error_ = 0;                            // errno of the read that failed
  bool given_up_ = false;
};

}  // namespace foldwave::audio
