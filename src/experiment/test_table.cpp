#include "foldwave/experiment/test_table.h"

#include <algorithm>

namespace foldwave::experiment {

std::vector<float> class_prior(const catalog::Catalog& catalog, const store::FeatureStore& store) {
  std::vector<int64_t> songs(static_cast<size_t>(catalog.classes()), 0);
  int64_t usable = 0;
  for (size_t row = 0; row < catalog.train.size(); ++row) {
    if (store.find(catalog.tracks[static_cast<size_t>(catalog.train[row])].id) < 0) continue;
    ++songs[static_cast<size_t>(catalog.label[row])];
    ++usable;
  }
  std::vector<float> prior;
  for (const int64_t of_class : songs)
    prior.push_back(static_cast<float>(static_cast<double>(of_class) / static_cast<double>(usable)));
  return prior;
}

void put_prior(catalog::PredictionTable& table, const store::FeatureStore& store, const std::vector<float>& prior) {
  for (size_t row = 0; row < table.rows(); ++row)
    if (store.find(table.song_id[row]) < 0)
      std::copy(prior.begin(), prior.end(),
                table.probability.begin() + static_cast<std::ptrdiff_t>(row * prior.size()));
}

std::vector<int> usable_test_tracks(const catalog::Catalog& catalog, const store::FeatureStore& store) {
  std::vector<int> tracks;
  for (const int track : catalog.test) {
    const int stored = store.find(catalog.tracks[static_cast<size_t>(track)].id);
    if (stored >= 0) tracks.push_back(stored);
  }
  return tracks;
}

catalog::PredictionTable complete_test_table(const catalog::Catalog& catalog, const store::FeatureStore& store,
                                             const std::vector<float>& probability, const std::vector<float>& prior) {
  catalog::PredictionTable table;
  table.label.assign(catalog.test.size(), -1);
  table.classes = catalog.classes();
  auto next = probability.begin();
  for (const int track : catalog.test) {
    const std::string& id = catalog.tracks[static_cast<size_t>(track)].id;
    const bool usable = store.find(id) >= 0;
    table.song_id.push_back(id);
    table.probability.insert(table.probability.end(), usable ? next : prior.begin(),
                             usable ? next + catalog.classes() : prior.end());
    if (usable) next += catalog.classes();
  }
  return table;
}

}  // namespace foldwave::experiment
