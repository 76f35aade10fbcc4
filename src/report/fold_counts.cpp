#include "report/fold_counts.h"

#include <algorithm>

namespace foldwave::report {

std::vector<int> songs_in_folds(const catalog::Catalog& catalog, const std::vector<int>& fold, int folds) {
  const auto columns = static_cast<size_t>(folds);
  std::vector<int> count(static_cast<size_t>(catalog.classes()) * columns, 0);
  if (folds == 0) return count;
  for (size_t row = 0; row < catalog.label.size(); ++row) {
    if (fold[row] >= 0 && fold[row] < folds)
      ++count[static_cast<size_t>(catalog.label[row]) * columns + static_cast<size_t>(fold[row])];
  }
  return count;
}

double fold_shade(int in_fold, int in_genre, int folds) {
  return in_genre > 0 ? std::min(1.0, 0.5 * in_fold * folds / in_genre) : 0;
}

}  // namespace foldwave::report
