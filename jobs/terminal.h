// How a terminal is told apart from a log, and painted: calmly, and never where colour is not wanted.
#pragma once

#include <string>

namespace foldwave::jobs {

enum class Paint { bold, yellow, red };

// Whether `fd` shows colour: a terminal, not one that a launcher puts between itself and its ranks, without NO_COLOR
// (no-color.org) and TERM=dumb.
bool shows_colour(int fd);
std::string painted(Paint paint, const std::string& text, bool on);
int columns_of(int fd);  // of the terminal, 100 where there is none

}  // namespace foldwave::jobs
