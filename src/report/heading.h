// What stands over a picture that has no page around it.
#pragma once

#include <string>

#include "report/gnuplot.h"

namespace foldwave::report {

inline constexpr int heading_height = 66;  // CSS pixels that the chart leaves free at its top

// A title, and a line beneath it in a quieter colour; any text. What the chart plots besides must name its own margins.
Chart headed(Chart chart, const std::string& title, const std::string& line);

// "set tmargin at screen ..." and the like, of a stretch that begins and ends so many CSS pixels from the chart's left
// and top.
std::string margins(const Chart& chart, double left, double right, double top, double bottom);

}  // namespace foldwave::report
