// grid.exclude: combinations of the grid that are not to be trained.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave::planning {

using AxisValues = std::vector<std::pair<std::string, std::string>>;  // one value of every axis: {"train.lr", "0.01"}

struct GridPoint {
  const std::string& model;
  const std::string& augment;
  const AxisValues& axes;
  int64_t seed;
};

// Each item names parts of a point, joined by '+' as in a trial's name: "resnet50+masks", "convnext_tiny+lr=0.01",
// "seed=2". A point that has all parts of one item is left out.
class Exclusions {
 public:
  // InputError for a part that is no backbone, augmentation, seed or axis value of the grid.
  explicit Exclusions(const Settings& settings);
  bool leaves_out(const GridPoint& point) const;

 private:
  std::vector<std::vector<std::string>> items_;
};

}  // namespace foldwave::planning
