#include "report/spread.h"

#include <cmath>
#include <numeric>

namespace foldwave::report {

double standard_deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::nan("");
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace foldwave::report
