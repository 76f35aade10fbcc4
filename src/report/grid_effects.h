// What each axis of the grid does to validation macro F1, from pairs of finished trials that differ in it alone.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "foldwave/journal/journal.h"

namespace foldwave::report {

struct LevelEffect {
  std::string level;
  std::vector<double> difference;  // of each pair: its macro F1 less that of the reference level
  double mean_f1 = 0;              // of all its finished trials that validate, paired or not
  int trials = 0;                  // so many

  double mean() const;                // of the differences; NaN without a pair
  double standard_deviation() const;  // of them; NaN below two
  int better() const;                 // pairs in which it is above the reference level
  int equal() const;                  // pairs in which it makes no difference
};

std::string better_of(const LevelEffect& level);  // "3 of 6, 1 equal"

struct AxisEffect {
  std::string axis;                // "backbone", "augment", "lr", "seed", ...
  std::string reference;           // the level that has partners most often; of equals "none", then the first
  std::vector<LevelEffect> level;  // the others, in their natural order
};

// Of the axes along which finished trials have more than one level. A trial's partner has the same value on every other
// axis and the same fold; a backbone of `without_augmentation` counts under each augmentation, for it has none.
std::vector<AxisEffect> grid_effects(const journal::RunRecord& record,
                                     const std::set<std::string>& without_augmentation);

}  // namespace foldwave::report
