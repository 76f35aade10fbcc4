// File names for songs, whose ids are any text: plain ASCII, in the folder that they are put in, a different one for
// each id.
#pragma once

#include <string>

namespace foldwave::report {

// Letters, digits, "_", and "-" and "." but in front, stand for themselves, other bytes as %XX. At most 120 characters:
// a longer name is cut and ends in "~" and a hash of the id.
std::string file_name_of(const std::string& song_id);

}  // namespace foldwave::report
