// Which songs of a table sound alike, by the rich summaries of the feature store.
#pragma once

#include <string>
#include <vector>

#include "foldwave/models/neighbours.h"
#include "foldwave/store/store.h"

namespace foldwave::experiment {

class AlikeSongs {
 public:
  // count: neighbours of a song, at most. Components are those of all songs of the store, which must have rich
  // summaries and no more songs than models::Likeness compares.
  AlikeSongs(const store::FeatureStore& store, int count);

  // Among the songs of these ids: [ids]. Those that are not in the store have no neighbours, and are nobody's.
  std::vector<std::vector<models::Neighbour>> of(const std::vector<std::string>& ids) const;
  // Among those of the same fold alone, as the songs that a fold's networks were asked about.
  std::vector<std::vector<models::Neighbour>> of(const std::vector<std::string>& ids,
                                                 const std::vector<int>& fold) const;

 private:
  const store::FeatureStore& store_;
  int count_;
  models::Likeness likeness_;
};

}  // namespace foldwave::experiment
