// A chart of counts in cells: darker is more, the count stands in each.
#pragma once

#include <string>
#include <vector>

#include "report/gnuplot.h"

namespace foldwave::report {

struct HeatMap {
  std::string id, description, row_title, column_title;
  std::vector<std::string> rows, columns;  // their names
  std::vector<int> count;                  // [rows, columns]
  std::vector<double> shade;               // [rows, columns] 0 .. 1
};
Chart chart_of(const HeatMap& map);

}  // namespace foldwave::report
