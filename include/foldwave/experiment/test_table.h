// A row for every test song, also for those whose audio cannot be used.
#pragma once

#include <vector>

#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/predictions.h"
#include "foldwave/store/store.h"

namespace foldwave::experiment {

// What is said of a song whose audio cannot be used: the shares of the classes among the usable training songs; and
// says it of every song of the table that is not in the store.
std::vector<float> class_prior(const catalog::Catalog& catalog, const store::FeatureStore& store);
void put_prior(catalog::PredictionTable& table, const store::FeatureStore& store, const std::vector<float>& prior);

// Test songs that are in the store, as numbers there; and a table of all of them in the order of the test table, made
// of the answers for those [usable, classes] and, for the others, `prior` [classes]. Its model has no name yet.
std::vector<int> usable_test_tracks(const catalog::Catalog& catalog, const store::FeatureStore& store);
catalog::PredictionTable complete_test_table(const catalog::Catalog& catalog, const store::FeatureStore& store,
                                             const std::vector<float>& probability, const std::vector<float>& prior);

}  // namespace foldwave::experiment
