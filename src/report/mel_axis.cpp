#include "report/mel_axis.h"

#include <algorithm>
#include <cmath>

#include "report/round_step.h"

namespace foldwave::report {
namespace {

using features::FeatureConfig;

// The filters of the first and the last bin reach half a bin beyond the picture: so much is taken to be its edge.
std::vector<MelTick> those_that_fit(const std::vector<double>& frequencies, const FeatureConfig& features) {
  const double top = features.n_mels - 0.5, closest = 0.05 * features.n_mels;
  std::vector<MelTick> ticks;
  for (const double hz : frequencies) {
    const double bin = features::mel_bin_of(hz, features);
    if (bin < -1 - 1e-6 || bin > features.n_mels + 1e-6) continue;
    const MelTick tick{hz, std::clamp(bin, -0.5, top)};
    if (ticks.empty() || tick.bin - ticks.back().bin >= closest) ticks.push_back(tick);
  }
  return ticks;
}

double upper_end(const FeatureConfig& features) {
  return features.fmax > 0 ? features.fmax : features.sample_rate / 2.0;
}

}  // namespace

std::vector<MelTick> mel_ticks(const FeatureConfig& features) {
  const double end = upper_end(features);
  std::vector<double> octaves{0};
  for (double hz = 64; hz <= end; hz *= 2) octaves.push_back(hz);
  const std::vector<MelTick> ticks = those_that_fit(octaves, features);
  if (ticks.size() >= 3) return ticks;
  const double step = round_step((end - features.fmin) / 6);
  std::vector<double> multiples;
  for (double k = std::ceil(features.fmin / step); k * step <= end; ++k) multiples.push_back(k * step);
  return those_that_fit(multiples, features);
}

}  // namespace foldwave::report
