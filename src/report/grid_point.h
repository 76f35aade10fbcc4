// A trial's place in the grid, read from its id: "resnet18+masks+lr=0.001/seed-1/fold-0".
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace foldwave::report {

struct GridPoint {
  std::string backbone, augment;                          // augment: empty where the id names none
  std::vector<std::pair<std::string, std::string>> axes;  // {"lr", "0.001"}, as in the id
  std::string seed, fold;                                 // "1", "0"; fold "all" of a fit on all rows
};
GridPoint grid_point(const std::string& trial_id);
std::string value_on(const GridPoint& point, const std::string& axis);  // "" where it has none

}  // namespace foldwave::report
