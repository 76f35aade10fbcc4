#include "foldwave/ensemble/ensemble.h"

namespace foldwave::ensemble {

// One step of label propagation (Zhou et al. 2004) with squared cosines.
catalog::PredictionTable with_neighbours(catalog::PredictionTable table, const Neighbours& neighbours) {
  const auto classes = static_cast<size_t>(table.classes);
  const std::vector<float> alone = table.probability;
  for (size_t row = 0; row < neighbours.size(); ++row) {
    float weight = 1;
    float* const mixed = &table.probability[row * classes];
    for (const models::Neighbour& neighbour : neighbours[row]) {
      const float share = neighbour.likeness * neighbour.likeness;
      const float* const said = &alone[static_cast<size_t>(neighbour.row) * classes];
      for (size_t k = 0; k < classes; ++k) mixed[k] += share * said[k];
      weight += share;
    }
    for (size_t k = 0; k < classes; ++k) mixed[k] /= weight;
  }
  if (!table.label.empty() && table.label.front() >= 0)
    table.macro_f1 =
        catalog::macro_f1(table.label, catalog::most_likely(table.probability, table.classes), table.classes);
  return table;
}

}  // namespace foldwave::ensemble
