// What is kept of a feature's course over time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace foldwave::features {

inline const std::array<std::string, 4> kStatistics = {"mean", "std", "p10", "p90"};

// Mean, standard deviation (of the population, as numpy.std), 10th and 90th percentile (interpolated, as
// numpy.percentile) of every column of `values` [frames, columns]: appended as four rows of `columns`.
class Statistics {
 public:
  void append(std::span<const float> values, size_t columns, std::vector<float>& summary);

 private:
  std::vector<int32_t> keys_;  // of several columns side by side, in the order of their values
  std::vector<double> sums_;
};

}  // namespace foldwave::features
