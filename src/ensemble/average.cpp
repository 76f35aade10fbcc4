#include <cmath>

#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {
namespace {

void add(const catalog::PredictionTable& from, catalog::PredictionTable& to) {
  to.optimistic = to.optimistic || from.optimistic;
  for (size_t i = 0; i < to.probability.size(); ++i) to.probability[i] += from.probability[i];
}

void finish(catalog::PredictionTable& table, size_t seeds) {
  for (float& p : table.probability) p /= static_cast<float>(seeds);
  const bool labelled = !table.label.empty() && table.label.front() >= 0;
  table.macro_f1 =
      labelled ? catalog::macro_f1(table.label, catalog::most_likely(table.probability, table.classes), table.classes)
               : std::nan("");
}

}  // namespace

ModelPredictions average(const std::vector<ModelPredictions>& seeds) {
  ModelPredictions mean = seeds.front();
  for (size_t i = 1; i < seeds.size(); ++i) {
    add(seeds[i].oof, mean.oof);
    add(seeds[i].test, mean.test);
  }
  finish(mean.oof, seeds.size());
  finish(mean.test, seeds.size());
  return mean;
}

}  // namespace foldwave::ensemble
