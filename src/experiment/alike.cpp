#include "foldwave/experiment/alike.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "foldwave/core/errors.h"

namespace foldwave::experiment {
namespace {

models::Likeness likeness_in(const store::FeatureStore& store) {
  const auto songs = static_cast<size_t>(store.tracks());
  const auto columns = static_cast<size_t>(store.summary_columns());
  std::vector<float> summary(songs * columns);
  for (size_t song = 0; song < songs; ++song) {
    const auto track = static_cast<int>(song);
    const auto row = std::span(summary).subspan(song * columns, columns);
    store.read_summary(track, row);
    if (std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); })) continue;
    store.verify(track);
    throw SystemError("the store's summary of track '" + std::string(store.song_id(track)) + "' is not finite");
  }
  return {summary, songs};
}

}  // namespace

AlikeSongs::AlikeSongs(const store::FeatureStore& store, int count)
    : store_(store), count_(count), likeness_(likeness_in(store)) {}

std::vector<std::vector<models::Neighbour>> AlikeSongs::of(const std::vector<std::string>& ids) const {
  return of(ids, std::vector<int>(ids.size()));
}

std::vector<std::vector<models::Neighbour>> AlikeSongs::of(const std::vector<std::string>& ids,
                                                           const std::vector<int>& fold) const {
  std::vector<std::vector<models::Neighbour>> found(ids.size());
  for (const int k : std::set<int>(fold.begin(), fold.end())) {
    std::vector<int> tracks, rows;
    for (size_t row = 0; row < ids.size(); ++row) {
      const int track = fold[row] == k ? store_.find(ids[row]) : -1;
      if (track < 0) continue;
      tracks.push_back(track);
      rows.push_back(static_cast<int>(row));
    }
    auto neighbours = likeness_.nearest(tracks, count_);
    for (size_t i = 0; i < rows.size(); ++i) {
      for (models::Neighbour& neighbour : neighbours[i]) neighbour.row = rows[static_cast<size_t>(neighbour.row)];
      found[static_cast<size_t>(rows[i])] = std::move(neighbours[i]);
    }
  }
  return found;
}

}  // namespace foldwave::experiment
