// Room for names beside a chart: gnuplot guesses too much, and in the page's font the truth is known only to the
// browser.
#pragma once

#include <string>
#include <vector>

namespace foldwave::report {

// In order, each cut to the room of so many Latin letters: other characters are wider.
std::vector<std::string> fitted(const std::vector<std::string>& names, size_t letters);

double pixels_beside(const std::vector<std::string>& names);  // CSS pixels that the longest takes, at most

// Of a chart that is `chart_width` wide, for these names at its left; `besides`: more CSS pixels.
double pixels_of_left_margin(const std::vector<std::string>& names, int chart_width, int besides = 0);
// The "set lmargin" for it.
std::string left_margin(const std::vector<std::string>& names, int chart_width, int besides = 0);

}  // namespace foldwave::report
