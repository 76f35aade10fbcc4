#include "report/genre_metrics.h"

#include <algorithm>

namespace foldwave::report {

GenreMetrics genre_metrics(const catalog::PredictionTable& oof) {
  const int classes = oof.classes;
  const std::vector<int> answer = catalog::most_likely(oof.probability, classes);
  GenreMetrics metrics;
  metrics.confusion.assign(static_cast<size_t>(classes) * classes, 0);
  metrics.genres.resize(classes);
  for (int k = 0; k < classes; ++k) metrics.genres[k].genre = k;
  for (size_t row = 0; row < oof.rows(); ++row) {
    const int truth = oof.label[row];
    if (truth < 0 || truth >= classes) continue;
    ++metrics.confusion[static_cast<size_t>(truth) * classes + answer[row]];
    ++metrics.genres[truth].songs;
    ++metrics.genres[answer[row]].taken_for;
    metrics.genres[truth].right += truth == answer[row];
    ++metrics.songs;
  }
  for (GenreScore& genre : metrics.genres) {
    genre.precision = genre.taken_for ? static_cast<double>(genre.right) / genre.taken_for : 0;
    genre.recall = genre.songs ? static_cast<double>(genre.right) / genre.songs : 0;
    genre.f1 = genre.songs + genre.taken_for ? 2.0 * genre.right / (genre.songs + genre.taken_for) : 0;
  }
  std::stable_sort(metrics.genres.begin(), metrics.genres.end(),
                   [](const GenreScore& a, const GenreScore& b) { return a.f1 > b.f1; });
  return metrics;
}

std::string genre_name(const catalog::Catalog& catalog, int genre) {
  return genre >= 0 && genre < static_cast<int>(catalog.class_names.size()) ? catalog.class_names[genre]
                                                                            : "class " + std::to_string(genre);
}

}  // namespace foldwave::report
