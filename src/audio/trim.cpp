#include <algorithm>
#include <cmath>
#include <numeric>

#include "foldwave/audio/audio.h"
#include "foldwave/core/energy.h"

namespace foldwave::audio {
namespace {

// Energy of every stretch of `block` samples.
std::vector<double> block_energies(std::span<const float> mono, size_t block) {
  std::vector<double> energies;
  for (size_t begin = 0; begin < mono.size(); begin += block)
    energies.push_back(energy(mono.subspan(begin, std::min(block, mono.size() - begin))));
  return energies;
}

// Mean square of every frame, centred on multiples of the hop, with zeros beyond both ends. Frames overlap: they share
// the blocks they are made of.
std::vector<double> frame_powers(std::span<const float> mono, int64_t frame_length, int64_t hop_length) {
  const auto samples = static_cast<int64_t>(mono.size());
  const int64_t block = std::gcd(hop_length, std::gcd(frame_length / 2, frame_length));
  const std::vector<double> energies = block_energies(mono, static_cast<size_t>(block));
  const auto blocks = static_cast<int64_t>(energies.size());
  std::vector<double> powers;
  for (int64_t centre = 0; centre <= samples; centre += hop_length) {
    const int64_t first = (centre - frame_length / 2) / block, last = first + frame_length / block;
    double sum = 0;
    for (int64_t b = std::max<int64_t>(first, 0); b < std::min(last, blocks); ++b)
      sum += energies[static_cast<size_t>(b)];
    powers.push_back(sum / static_cast<double>(frame_length));
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
