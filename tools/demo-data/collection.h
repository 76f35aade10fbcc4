// Which songs there are, which clips are cut from them, and which of these are held out for the test.
#pragma once

#include <string>
#include <vector>

#include "options.h"
#include "recording.h"
#include "song.h"

namespace demo {

struct Clip {
  std::string id;  // with leading zeros; ids do not follow the genres
  std::string filename;
  std::size_t song = 0;  // index into Collection::songs
  std::uint64_t number = 0;
  bool test = false;
  Recording recording;
};

struct Collection {
  std::vector<Song> songs;
  std::vector<Clip> clips;  // by id
};

Collection plan_collection(const Options& options);

}  // namespace demo
