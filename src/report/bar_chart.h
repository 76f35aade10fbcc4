// A chart of horizontal bars, one a name, in the order given, with a word at the end of each.
#pragma once

#include <string>
#include <vector>

#include "report/gnuplot.h"

namespace foldwave::report {

struct Bar {
  std::string name;
  double length = 0;
  std::string note;  // at its end
};
struct BarChart {
  std::string id, description, axis_title;  // words of ours
  std::vector<Bar> bars;
  double axis_end = 0;  // 0: of counts, at the longest
};
Chart chart_of(const BarChart& bars);

}  // namespace foldwave::report
