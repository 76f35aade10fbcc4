// How many values fall where, for several groups of values over the same bins.
#pragma once

#include <vector>

namespace foldwave::report {

struct HistogramBin {
  double begin = 0, end = 0;
  std::vector<int> count;  // [groups]
};
// Of values divided by `unit`: about 20 bins of a round width from the least value to the greatest, where they differ
// by so much, and empty ones at both ends.
std::vector<HistogramBin> histogram(const std::vector<std::vector<double>>& groups, double unit);

}  // namespace foldwave::report
