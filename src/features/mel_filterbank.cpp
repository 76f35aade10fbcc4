#include "features/mel_filterbank.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "features/check.h"
#include "foldwave/core/for_each_cpu.h"

namespace foldwave::features {
namespace {

// Slaney's scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
constexpr double kHzPerMel = 200.0 / 3, kBreakHz = 1000, kBreakMel = kBreakHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27;

double to_mel(double hz, bool htk) {
  if (htk) return 2595 * std::log10(1 + hz / 700);
  return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double to_hz(double mel, bool htk) {
  if (htk) return 700 * (std::pow(10, mel / 2595) - 1);
  return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

// [n_mels + 2] where filter m begins, peaks and ends: edges m, m + 1, m + 2.
std::vector<double> filter_edges_hz(const FeatureConfig& config) {
  const double low = to_mel(config.fmin, config.htk), high = to_mel(upper_frequency(config), config.htk);
  std::vector<double> edges(static_cast<size_t>(config.n_mels) + 2);
  for (size_t i = 0; i < edges.size(); ++i) {
    edges[i] = to_hz(low + (high - low) * static_cast<double>(i) / (config.n_mels + 1), config.htk);
  }
  return edges;
}

using Filter = MelFilterbank::Filter;
constexpr size_t kLanes = MelFilterbank::kLanes;

FOLDWAVE_FOR_EACH_CPU void apply(const Filter* filters, size_t n_mels, const float* weights, const float* power,
                                 float* mel) {
  using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
  for (size_t m = 0; m < n_mels; ++m) {
    const float* bin = power + filters[m].first_bin;
    const float* weight = weights + filters[m].first_weight;
    Floats sums = {};
    for (size_t group = 0; group < filters[m].groups; ++group, bin += kLanes, weight += kLanes) {
      Floats bins, scales;
      std::memcpy(&bins, bin, sizeof bins);
      std::memcpy(&scales, weight, sizeof scales);
      sums += scales * bins;
    }
    float sum = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) sum += sums[lane];
    mel[m] = sum;
  }
}

}  // namespace

double mel_bin_of(double hz, const FeatureConfig& config) {
  const double low = to_mel(config.fmin, config.htk), high = to_mel(upper_frequency(config), config.htk);
  return (to_mel(hz, config.htk) - low) / (high - low) * (config.n_mels + 1) - 1;
}

MelFilterbank::MelFilterbank(const FeatureConfig& config) : of_magnitudes_(config.power == 1) {
  const std::vector<double> edges = filter_edges_hz(config);
  const double hz_per_bin = static_cast<double>(config.sample_rate) / config.n_fft;
  for (size_t m = 0; m + 2 < edges.size(); ++m) {
    const double left = edges[m], peak = edges[m + 1], right = edges[m + 2];
    const double height = config.area_norm ? 2 / (right - left) : 1;
    const int first = static_cast<int>(std::floor(std::max(0.0, left) / hz_per_bin));
    const size_t first_weight = weights_.size();
    for (int bin = first; bin <= config.n_fft / 2 && bin * hz_per_bin < right; ++bin) {
      const double hz = bin * hz_per_bin;
      const double weight = std::max(0.0, std::min((hz - left) / (peak - left), (right - hz) / (right - peak)));
      weights_.push_back(static_cast<float>(weight * height));
    }
    while (weights_.size() % kLanes != 0) weights_.push_back(0);
    filters_.push_back({static_cast<size_t>(first), first_weight, (weights_.size() - first_weight) / kLanes});
  }
}

void MelFilterbank::operator()(std::span<float> power, std::span<float> mel) const {
  if (of_magnitudes_) {
    for (float& value : power) value = std::sqrt(value);
  }
  apply(filters_.data(), filters_.size(), weights_.data(), power.data(), mel.data());
}

}  // namespace foldwave::features
