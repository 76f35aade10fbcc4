// How well each genre is told apart, from out-of-fold predictions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/predictions.h"

namespace foldwave::report {

struct GenreScore {
  int genre = 0;                            // class number
  int songs = 0, taken_for = 0, right = 0;  // of the genre; predicted as it; both
  double precision = 0, recall = 0, f1 = 0;
};

struct GenreMetrics {
  std::vector<int> confusion;      // [classes, classes] true genre, predicted genre
  std::vector<GenreScore> genres;  // best F1 first
  int songs = 0;

  int at(int truth, int predicted) const { return confusion[static_cast<size_t>(truth) * genres.size() + predicted]; }
};
GenreMetrics genre_metrics(const catalog::PredictionTable& oof);

std::string genre_name(const catalog::Catalog& catalog,
                       int genre);  // the class number where the catalogue does not say

}  // namespace foldwave::report
