// What a group of ranks is compared by with one rank: a network, its step and made-up batches.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "foldwave/comm/communicator.h"
#include "foldwave/core/random.h"
#include "training/step.h"

namespace foldwave::training {

constexpr int classes = 3;

inline StepConfig step_config() {
  return {.classes = classes,
          .label_smoothing = 0.1,
          .gradient_clip = 0,
          .class_weight = {},
          .optimiser = {.weight_decay = 0.01},
          .sample_shape = {1, 32, 32}};
}

struct Recipe {
  std::string name;
  models::ModelConfig model;
  StepConfig config;
  bool mixed = false;
  double lr = 1e-2;
  int head_steps = 0;  // at first
};

inline std::ostream& operator<<(std::ostream& out, const Recipe& recipe) { return out << recipe.name; }

inline Recipe of_summaries(const std::string& name) {
  Recipe recipe{name, {.name = "mfcc_mlp", .classes = classes, .summary_width = 20}, step_config()};
  recipe.config.sample_shape = {20};
  return recipe;
}

// This rank's songs of a step of `size` songs.
inline batches::Batch share_of(const Recipe& recipe, int step, int size, const comm::Communicator& communicator) {
  batches::Batch batch;
  std::vector<int> songs;
  const int parts = recipe.config.accumulate, rank = communicator.rank(), ranks = communicator.size();
  for (int part = 0; part < parts; ++part) {
    const int begin = size * part / parts, of_part = size * (part + 1) / parts - begin;
    for (int song = of_part * rank / ranks; song < of_part * (rank + 1) / ranks; ++song) songs.push_back(begin + song);
    batch.part_end.push_back(static_cast<int>(songs.size()));
  }
  batch.shape = {static_cast<int64_t>(songs.size())};
  int64_t numbers = 1;
  for (const int64_t extent : recipe.config.sample_shape) {
    batch.shape.push_back(extent);
    numbers *= extent;
  }
  for (const int song : songs) {
    const RandomKey key{.seed = 5, .epoch = static_cast<uint32_t>(step), .song = static_cast<uint64_t>(song)};
    Random random(key);
    for (int64_t i = 0; i < numbers; ++i) batch.x.push_back(static_cast<float>(random.normal()));
    batch.label.push_back((step + song) % classes);
    batch.row.push_back(song);
    batch.key.push_back(key);
    if (!recipe.mixed) continue;
    batch.other_label.push_back((step + 2 * song) % classes);
    batch.share.push_back(static_cast<float>(random.uniform(0.5, 1)));
  }
  return batch;
}

// Twenty steps, by turns of seven songs and of three, which neither two ranks nor four can share out evenly.
inline std::vector<double> losses_of(const Recipe& recipe, comm::Communicator& communicator) {
  TrainingStep step(models::make_network(recipe.model, 1), communicator, recipe.config);
  std::vector<double> loss;
  for (int i = 0; i < 20; ++i) {
    const int size = i % 2 == 0 ? 7 : 3;
    const batches::Batch batch = share_of(recipe, i, size, communicator);
    const Rates rates{recipe.lr, 0.9, i < recipe.head_steps ? 0.0 : 1.0};
    loss.push_back(step([&]() -> const batches::Batch& { return batch; }, size, rates).tally.mean_loss());
  }
  return loss;
}

}  // namespace foldwave::training
