#include <algorithm>
#include <cmath>

#include "augment/draws.h"
#include "foldwave/augment/augment.h"

namespace foldwave::augment {
namespace {

// Edges of `bands` bands of at least min_mels bins each: what the bins leave over is cut at random places.
std::vector<int> draw_edges(Random& random, int n_mels, int bands, int min_mels) {
  const auto spare = static_cast<uint64_t>(n_mels - bands * min_mels);
  std::vector<int> edges(static_cast<size_t>(bands) + 1, 0);
  for (int band = 1; band < bands; ++band) edges[static_cast<size_t>(band)] = static_cast<int>(random.below(spare + 1));
  std::sort(edges.begin(), edges.end() - 1);
  for (int band = 1; band < bands; ++band) edges[static_cast<size_t>(band)] += band * min_mels;
  edges.back() = n_mels;
  return edges;
}

// [n_mels] dB
std::vector<float> draw_gains(Random& random, int n_mels, const AugmentConfig& config) {
  const auto most = static_cast<uint64_t>(config.filter_max_bands),
             least = static_cast<uint64_t>(config.filter_min_bands);
  const int bands = std::min(static_cast<int>(least + random.below(most - least + 1)), n_mels);
  const std::vector<int> edges = draw_edges(random, n_mels, bands, std::min(config.filter_min_mels, n_mels / bands));
  const auto draw_gain = [&] { return static_cast<float>(random.uniform(config.filter_min_db, config.filter_max_db)); };
  std::vector<float> gains(static_cast<size_t>(n_mels));
  float lower = draw_gain();
  for (size_t band = 0; band + 1 < edges.size(); ++band) {
    const float upper = config.filter_kind == FilterKind::linear ? draw_gain() : lower;
    const int begin = edges[band], end = edges[band + 1];
    for (int bin = begin; bin < end; ++bin) {
      const float share = static_cast<float>(bin - begin) / static_cast<float>(end - begin);
      gains[static_cast<size_t>(bin)] = std::lerp(lower, upper, share);
    }
    lower = config.filter_kind == FilterKind::linear ? upper : draw_gain();
  }
  return gains;
}

}  // namespace

void filter_spectrogram(std::span<float> mel, int n_mels, float floor_db, const AugmentConfig& config, RandomKey key) {
  Random random = draws(key, draw::filter);
  if (!applies(random, config.filter_probability)) return;
  const std::vector<float> gains = draw_gains(random, n_mels, config);
  for (size_t frame = 0; frame < mel.size(); frame += gains.size()) {
    for (size_t bin = 0; bin < gains.size(); ++bin) {
      float& db = mel[frame + bin];
      if (db > floor_db) db = std::max(floor_db, db + gains[bin]);
    }
  }
}

}  // namespace foldwave::augment
