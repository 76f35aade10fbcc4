#include <algorithm>
#include <array>
#include <cmath>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {
namespace {

// Several running sums, so that the compiler may vectorise without reordering additions.
double energy(std::span<const float> samples) {
  constexpr size_t kLanes = 8;
  std::array<double, kLanes> sums{};
  size_t i = 0;
  for (; i + kLanes <= samples.size(); i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const double value = samples[i + lane];
      sums[lane] += value * value;
    }
  }
  for (size_t lane = 0; i < samples.size(); ++i, ++lane) sums[lane] += static_cast<double>(samples[i]) * samples[i];
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

// Mean square of every frame, centred on multiples of the hop, with zeros beyond both ends.
std::vector<double> frame_powers(std::span<const float> mono, int64_t frame_length, int64_t hop_length) {
  const auto samples = static_cast<int64_t>(mono.size());
  std::vector<double> powers;
  for (int64_t centre = 0; centre <= samples; centre += hop_length) {
    const int64_t begin = std::clamp<int64_t>(centre - frame_length / 2, 0, samples);
    const int64_t end = std::clamp<int64_t>(centre - frame_length / 2 + frame_length, 0, samples);
    powers.push_back(energy(mono.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin))) /
                     static_cast<double>(frame_length));
  }
  return powers;
}

double decibel(double power) {
  constexpr double kAmin = 1e-10;  // librosa.amplitude_to_db's amin = 1e-5, squared
  return 10 * std::log10(std::max(kAmin, power));
}

}  // namespace

Span trim(std::span<const float> mono, const AudioConfig& config) {
  if (mono.empty()) return {};
  const std::vector<double> powers = frame_powers(mono, config.trim_frame_length, config.trim_hop_length);
  const double threshold_db = decibel(std::ranges::max(powers)) - config.trim_db;
  const auto loud = [&](double power) { return decibel(power) > threshold_db; };
  const auto first = std::ranges::find_if(powers, loud) - powers.begin();
  const auto last =
      powers.rend() - std::find_if(powers.rbegin(), powers.rend(), loud);  // one behind the last loud frame
  const auto samples = static_cast<int64_t>(mono.size());
  return {std::min(samples, first * config.trim_hop_length), std::min(samples, last * config.trim_hop_length)};
}

}  // namespace foldwave::audio
