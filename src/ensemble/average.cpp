#include <cmath>

#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

using catalog::PredictionTable;

PredictionTable mean_of(const std::vector<PredictionTable>& tables) {
  PredictionTable mean = tables.front();
  std::vector<double> sum(mean.probability.size(), 0);
  for (const PredictionTable& table : tables) {
    mean.optimistic = mean.optimistic || table.optimistic;
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += table.probability[i];
  }
  for (size_t i = 0; i < sum.size(); ++i)
    mean.probability[i] = static_cast<float>(sum[i] / static_cast<double>(tables.size()));
  const bool labelled = !mean.label.empty() && mean.label.front() >= 0;
  mean.macro_f1 =
      labelled ? catalog::macro_f1(mean.label, catalog::most_likely(mean.probability, mean.classes), mean.classes)
               : std::nan("");
  return mean;
}

ModelPredictions average(const std::vector<ModelPredictions>& seeds) {
  std::vector<PredictionTable> oof, test;
  for (const ModelPredictions& seed : seeds) {
    oof.push_back(seed.oof);
    test.push_back(seed.test);
  }
  return {mean_of(oof), mean_of(test)};
}

}  // namespace foldwave::ensemble
