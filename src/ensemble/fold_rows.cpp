#include "ensemble/fold_rows.h"

#include <algorithm>

namespace foldwave::ensemble {

std::vector<int> rows_where(const Truth& truth, const std::function<bool(int fold)>& wanted) {
  std::vector<int> rows;
  for (size_t row = 0; row < truth.fold.size(); ++row)
    if (wanted(truth.fold[row])) rows.push_back(static_cast<int>(row));
  return rows;
}

std::vector<int> labels_of(const Truth& truth, const std::vector<int>& rows) {
  std::vector<int> labels;
  labels.reserve(rows.size());
  for (const int row : rows) labels.push_back(truth.label[row]);
  return labels;
}

void put(const std::vector<float>& answer, const std::vector<int>& rows, int classes, std::vector<float>& whole) {
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy_n(&answer[i * classes], classes, &whole[static_cast<size_t>(rows[i]) * classes]);
}

}  // namespace foldwave::ensemble
