// The two ways to deal songs out to folds: scikit-learn's algorithms, our own generator.
#pragma once

#include <cstdint>
#include <vector>

namespace foldwave::catalog {

// StratifiedKFold(shuffle=True): each class is spread evenly over the folds. label: [n] 0 .. classes-1. Returns the
// fold of each.
std::vector<int> stratify(const std::vector<int>& label, int classes, int folds, uint32_t seed);

// StratifiedGroupKFold(shuffle=True): whole groups, the most uneven ones first, each to the fold where the classes stay
// spread most evenly.
std::vector<int> stratify_groups(const std::vector<int>& label, int classes, const std::vector<int>& group, int groups,
                                 int folds, uint32_t seed);

}  // namespace foldwave::catalog
