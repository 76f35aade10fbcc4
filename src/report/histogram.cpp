#include "report/histogram.h"

#include <algorithm>
#include <cmath>

#include "report/round_step.h"

namespace foldwave::report {
namespace {

constexpr double most_bins = 30;   // between the least value and the greatest
constexpr double least_bins = 11;  // with the empty ones: values that are all the same stand in the middle

}  // namespace

std::vector<HistogramBin> histogram(const std::vector<std::vector<double>>& groups, double unit) {
  double least = 1e300, greatest = -1e300;
  for (const std::vector<double>& group : groups)
    for (const double value : group) least = std::min(least, value / unit), greatest = std::max(greatest, value / unit);
  if (least > greatest) least = greatest = 0;
  const double width = round_step(std::max({(greatest - least) / most_bins, 0.01 * std::abs(greatest), 1e-3}));
  // A value that is a bin's edge but for rounding belongs above it.
  const auto bin_of = [&](double value) { return std::floor(value / width + 1e-6); };
  const double filled = bin_of(greatest) - bin_of(least) + 1;
  const double empty = std::max(1.0, std::ceil((least_bins - filled) / 2));  // at each end
  const double first = std::max(bin_of(least) - empty, std::min(0.0, bin_of(least)));
  std::vector<HistogramBin> bins(static_cast<size_t>(bin_of(greatest) + empty - first) + 1);
  for (size_t i = 0; i < bins.size(); ++i) {
    const double edge = first + static_cast<double>(i);
    bins[i] = {edge * width, (edge + 1) * width, std::vector<int>(groups.size(), 0)};
  }
  for (size_t group = 0; group < groups.size(); ++group)
    for (const double value : groups[group]) ++bins[static_cast<size_t>(bin_of(value / unit) - first)].count[group];
  return bins;
}

}  // namespace foldwave::report
