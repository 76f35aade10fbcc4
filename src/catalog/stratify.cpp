#include "catalog/stratify.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "foldwave/core/random.h"

namespace foldwave::catalog {
namespace {

// Classes in the order in which they first occur, as scikit-learn numbers them here.
std::vector<int> classes_by_appearance(const std::vector<int>& label, int classes) {
  std::vector<int> order;
  std::vector<bool> seen(classes, false);
  for (const int c : label) {
    if (!seen[c]) order.push_back(c);
    seen[c] = true;
  }
  return order;
}

// How many songs of each class are in a group: the classes that occur only.
struct ClassCount {
  int label;
  int64_t count;
};
using Group = std::span<const ClassCount>;

class Groups {
 public:
  Groups(const std::vector<int>& label, const std::vector<int>& group, int groups) {
    std::vector<std::pair<int, int>> songs;
    songs.reserve(label.size());
    for (size_t row = 0; row < label.size(); ++row) songs.emplace_back(group[row], label[row]);
    std::sort(songs.begin(), songs.end());
    begin_.reserve(static_cast<size_t>(groups) + 1);
    auto song = songs.begin();
    for (int g = 0; g < groups; ++g) {
      begin_.push_back(counts_.size());
      for (; song != songs.end() && song->first == g; ++song) {
        if (counts_.size() == begin_[g] || counts_.back().label != song->second) counts_.push_back({song->second, 0});
        ++counts_.back().count;
      }
    }
    begin_.push_back(counts_.size());
  }

  Group operator[](int g) const { return Group(counts_).subspan(begin_[g], begin_[g + 1] - begin_[g]); }

 private:
  std::vector<ClassCount> counts_;  // group after group
  std::vector<size_t> begin_;       // [groups + 1] of each group's counts
};

// classes^2 times the variance of a group's class counts: an exact measure of its unevenness.
int64_t unevenness(Group group, int classes) {
  int64_t sum = 0, squares = 0;
  for (const ClassCount& c : group) {
    sum += c.count;
    squares += c.count * c.count;
  }
  return classes * squares - sum * sum;
}

// The folds as they fill. Sums of integers stand for scikit-learn's floating-point variances, so that equal folds
// compare equal and a group costs folds * (its classes) and not folds^2 * classes.
class FillingFolds {
 public:
  FillingFolds(const std::vector<int>& label, int classes, int folds)
      : folds_(folds),
        class_size_(classes, 0),
        count_(folds, std::vector<int64_t>(classes, 0)),
        size_(folds, 0),
        sum_(classes, 0),
        squares_(classes, 0) {
    for (const int c : label) ++class_size_[c];
  }

  // The fold for which the spread, averaged over classes, is least; of equals the smallest fold.
  int best_fold(Group group) const {
    double spread_of_others = 0;
    std::vector<bool> changes(class_size_.size(), false);
    for (const ClassCount& c : group) changes[c.label] = true;
    for (size_t c = 0; c < class_size_.size(); ++c) {
      if (!changes[c]) spread_of_others += spread(static_cast<int>(c), sum_[c], squares_[c]);
    }
    int best = 0;
    double best_spread = std::numeric_limits<double>::infinity();
    for (int fold = 0; fold < folds_; ++fold) {
      const double mean = (spread_of_others + spread_with(group, fold)) / static_cast<double>(class_size_.size());
      const bool close = fold > 0 && std::abs(mean - best_spread) <= 1e-8 + 1e-5 * best_spread;  // numpy.isclose
      if (mean < best_spread || (close && size_[fold] < size_[best])) {
        best = fold;
        best_spread = mean;
      }
    }
    return best;
  }

  void add(Group group, int fold) {
    for (const auto& [c, n] : group) {
      sum_[c] += n;
      squares_[c] += (2 * count_[fold][c] + n) * n;
      count_[fold][c] += n;
      size_[fold] += n;
    }
  }

 private:
  // Standard deviation over the folds of the share of class c that each holds.
  double spread(int c, int64_t sum, int64_t squares) const {
    if (class_size_[c] == 0) return 0;
    return std::sqrt(static_cast<double>(folds_ * squares - sum * sum)) /
           (static_cast<double>(folds_) * static_cast<double>(class_size_[c]));
  }

  double spread_with(Group group, int fold) const {
    double total = 0;
    for (const auto& [c, n] : group) total += spread(c, sum_[c] + n, squares_[c] + (2 * count_[fold][c] + n) * n);
    return total;
  }

  int folds_;
  std::vector<int64_t> class_size_;
  std::vector<std::vector<int64_t>> count_;  // [folds, classes]
  std::vector<int64_t> size_;                // [folds]
  std::vector<int64_t> sum_, squares_;       // [classes] of count_ over the folds
};

}  // namespace

std::vector<int> stratify(const std::vector<int>& label, int classes, int folds, uint32_t seed) {
  std::vector<std::vector<int>> rows(classes);
  for (size_t row = 0; row < label.size(); ++row) rows[label[row]].push_back(static_cast<int>(row));

  // Round robin over the rows sorted by class says how many of each class a fold gets; the shuffle says which.
  std::vector<int> fold(label.size());
  size_t dealt = 0;
  for (const int c : classes_by_appearance(label, classes)) {
    const int n = static_cast<int>(rows[c].size());
    const std::vector<int> order =
        shuffled(n, Random({.seed = seed, .occurrence = static_cast<uint16_t>(c), .transform = draw::folds}));
    for (int i = 0; i < n; ++i) fold[rows[c][order[i]]] = static_cast<int>((dealt + i) % folds);
    dealt += n;
  }
  return fold;
}

std::vector<int> stratify_groups(const std::vector<int>& label, int classes, const std::vector<int>& group, int groups,
                                 int folds, uint32_t seed) {
  const Groups contents(label, group, groups);
  std::vector<int64_t> uneven(groups);
  for (int g = 0; g < groups; ++g) uneven[g] = unevenness(contents[g], classes);
  std::vector<int> order = shuffled(groups, Random({.seed = seed, .transform = draw::folds}));
  std::stable_sort(order.begin(), order.end(), [&uneven](int a, int b) { return uneven[a] > uneven[b]; });

  FillingFolds filling(label, classes, folds);
  std::vector<int> fold_of_group(groups);
  for (const int g : order) {
    fold_of_group[g] = filling.best_fold(contents[g]);
    filling.add(contents[g], fold_of_group[g]);
  }
  std::vector<int> fold(label.size());
  for (size_t row = 0; row < label.size(); ++row) fold[row] = fold_of_group[group[row]];
  return fold;
}

}  // namespace foldwave::catalog
