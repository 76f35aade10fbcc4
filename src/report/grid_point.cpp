#include "report/grid_point.h"

#include <algorithm>

#include "foldwave/core/trial_id.h"

namespace foldwave::report {

GridPoint grid_point(const std::string& trial_id) {
  const auto [name, seed, fold] = TrialId::parse(trial_id);
  GridPoint point;
  point.seed = seed;
  point.fold = fold;
  std::string* open = &point.backbone;  // a '+' may be part of a value, as in 1e+3
  size_t parts = 0;
  for (size_t begin = 0; begin <= name.size(); ++parts) {
    const size_t end = std::min(name.find('+', begin), name.size());
    const std::string part = name.substr(begin, end - begin);
    const size_t equals = part.find('=');
    if (parts == 0) {
      point.backbone = part;
    } else if (equals != std::string::npos) {
      open = &point.axes.emplace_back(part.substr(0, equals), part.substr(equals + 1)).second;
    } else if (parts == 1) {
      open = &(point.augment = part);
    } else {
      *open += "+" + part;
    }
    begin = end + 1;
  }
  return point;
}

std::string value_on(const GridPoint& point, const std::string& axis) {
  for (const auto& [key, value] : point.axes)
    if (key == axis) return value;
  return "";
}

}  // namespace foldwave::report
