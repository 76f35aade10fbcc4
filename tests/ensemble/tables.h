// Prediction tables made up for the tests of this room.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble::test {

inline std::vector<std::string> ids(const std::string& prefix, int n) {
  std::vector<std::string> names;
  for (int i = 0; i < n; ++i) names.push_back(prefix + std::to_string(i));
  return names;
}

// Rows of softmax noise in which the right class gets `skill` more logits.
inline catalog::PredictionTable noisy_table(const std::string& model, const std::vector<std::string>& song_id,
                                            const std::vector<int>& label, int classes, double skill, unsigned seed) {
  std::mt19937 bits(seed);
  catalog::PredictionTable table;
  table.model = model, table.augment = "none", table.seed = 1, table.fold = -1, table.classes = classes;
  table.song_id = song_id;
  table.label = label;
  for (const int truth : label) {
    std::vector<double> e(classes);
    double sum = 0;
    for (int k = 0; k < classes; ++k)
      sum += e[k] = std::exp(static_cast<double>(bits()) / 4294967296.0 * 3 + (k == truth ? skill : 0));
    for (int k = 0; k < classes; ++k) table.probability.push_back(static_cast<float>(e[k] / sum));
  }
  return table;
}

// n training songs in 5 folds and groups of 3, and some test songs, as several models see them.
struct World {
  std::vector<int> label, fold, group;
  std::vector<ModelPredictions> models;

  World(int n, int n_test, int classes, const std::vector<double>& skills) {
    std::vector<int> test_label(n_test);
    for (int i = 0; i < n; ++i) label.push_back(i / 3 * 7 % classes), fold.push_back(i / 3 % 5), group.push_back(i / 3);
    for (int i = 0; i < n_test; ++i) test_label[i] = i % classes;
    for (size_t m = 0; m < skills.size(); ++m) {
      const std::string name = "model" + std::to_string(m);
      const auto seed = static_cast<unsigned>(m);
      ModelPredictions predictions{noisy_table(name, ids("s", n), label, classes, skills[m], 2 * seed + 1),
                                   noisy_table(name, ids("t", n_test), test_label, classes, skills[m], 2 * seed + 2)};
      predictions.test.label.assign(n_test, -1);
      models.push_back(predictions);
    }
  }
};

inline const Score& named(const StackOutcome& outcome, const std::string& name) {
  for (const Score& score : outcome.scores)
    if (score.name == name) return score;
  throw std::runtime_error("no score named " + name);
}

}  // namespace foldwave::ensemble::test
