// Room for names beside a chart: gnuplot guesses too much, and in the page's font the truth is known only to the
// browser.
#pragma once

#include <string>
#include <vector>

namespace foldwave::report {

double pixels_beside(const std::vector<std::string>& names);  // CSS pixels that the longest takes, at most

// A "set lmargin" for these names at the left of a chart that is `chart_width` wide; `besides`: more CSS pixels.
std::string left_margin(const std::vector<std::string>& names, int chart_width, int besides = 0);

}  // namespace foldwave::report
