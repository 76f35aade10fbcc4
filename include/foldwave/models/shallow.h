// Models that are fitted in one go: logistic regression, and one in the feature space of an RBF kernel.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "foldwave/models/models.h"

namespace foldwave::models {

struct Rows {
  std::vector<float> x;            // [n, summary_width], normalised
  std::vector<int> label;          // [n]
  std::vector<double> row_weight;  // [n] what each row's loss counts; empty: 1
};

// config.name is logistic or rbf, whose number of landmarks is set to those there are: the network as
// make_network(config) would shape it, fitted. `seed` draws the landmarks.
std::shared_ptr<Network> fit_shallow(ModelConfig& config, const Rows& rows, uint32_t seed);

}  // namespace foldwave::models
