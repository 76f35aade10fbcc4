#include "report/grid_point.h"

#include <algorithm>
#include <string_view>

namespace foldwave::report {
namespace {

// Behind the last slash, which is taken off; without `prefix`, where it begins with that.
std::string last_part(std::string& id, std::string_view prefix) {
  const size_t slash = id.rfind('/');
  if (slash == std::string::npos || !std::string_view(id).substr(slash + 1).starts_with(prefix)) return "";
  const std::string part = id.substr(slash + 1 + prefix.size());
  id.resize(slash);
  return part;
}

}  // namespace

GridPoint grid_point(const std::string& trial_id) {
  GridPoint point;
  std::string name = trial_id;
  point.fold = last_part(name, "fold-");
  point.seed = last_part(name, "seed-");
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
