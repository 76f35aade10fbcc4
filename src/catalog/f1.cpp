#include <algorithm>

#include "foldwave/catalog/predictions.h"

namespace foldwave::catalog {

double macro_f1(const std::vector<int>& truth, const std::vector<int>& predicted, int classes) {
  std::vector<int64_t> hits(classes, 0), occurrences(classes, 0);  // occurrences in truth and prediction together
  for (size_t row = 0; row < truth.size(); ++row) {
    if (truth[row] < 0) continue;
    ++occurrences[truth[row]];
    ++occurrences[predicted[row]];
    if (truth[row] == predicted[row]) ++hits[truth[row]];
  }
  double sum = 0;
  int present = 0;
  for (int c = 0; c < classes; ++c) {
    if (occurrences[c] == 0) continue;
    sum += 2.0 * static_cast<double>(hits[c]) / static_cast<double>(occurrences[c]);
    ++present;
  }
  return present > 0 ? sum / present : 0;
}

std::vector<int> most_likely(const std::vector<float>& probability, int classes) {
  std::vector<int> result;
  result.reserve(probability.size() / static_cast<size_t>(classes));
  for (auto row = probability.begin(); row != probability.end(); row += classes) {
    result.push_back(static_cast<int>(std::max_element(row, row + classes) - row));
  }
  return result;
}

}  // namespace foldwave::catalog
