#include "wavetable.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

constexpr double kLowestHz = 27.5;
constexpr int kMostHarmonics = 40;
constexpr double kDarkerSlope = 1.4;

std::vector<float> make_sine() {
  std::vector<float> sine(Wavetable::kSize + 1);
  for (std::size_t i = 0; i < sine.size(); ++i)
    sine[i] = static_cast<float>(std::sin(2 * std::numbers::pi * static_cast<double>(i) / Wavetable::kSize));
  return sine;
}

const std::vector<float>& sine_table() {
  static const std::vector<float> sine = make_sine();
  return sine;
}

std::vector<float> make_period(double slope, double even, int harmonics) {
  const std::vector<float>& sine = sine_table();
  std::vector<float> period(Wavetable::kSize + 1, 0.0F);
  double power = 0;
  for (int k = 1; k <= harmonics; ++k) {
    const double amplitude = std::pow(k, -slope) * (k % 2 == 0 ? even : 1);
    power += amplitude * amplitude / 2;
    for (int i = 0; i <= Wavetable::kSize; ++i)
      period[i] += static_cast<float>(amplitude) * sine[(k * i) % Wavetable::kSize];
  }
  const auto scale = static_cast<float>(0.35 / std::sqrt(power));
  for (float& value : period) value *= scale;
  return period;
}

}  // namespace

const Wavetable::Period& Wavetable::period(double fundamental_hz) {
  const int octave =
      std::clamp(static_cast<int>(std::log2(fundamental_hz / kLowestHz)), 0, static_cast<int>(octaves_.size()) - 1);
  Period& period = octaves_[octave];
  if (period.bright.empty()) {
    const double highest_fundamental = kLowestHz * std::exp2(octave + 1);
    const int harmonics = std::clamp(static_cast<int>(0.45 * sample_rate_ / highest_fundamental), 1, kMostHarmonics);
    period.bright = make_period(patch_.slope, patch_.even, harmonics);
    period.dark = make_period(patch_.slope + kDarkerSlope, patch_.even, harmonics);
  }
  return period;
}

float table_sine(double turns) {
  const std::vector<float>& sine = sine_table();
  const double place = (turns - std::floor(turns)) * Wavetable::kSize;
  const auto i = static_cast<std::size_t>(place);
  const auto fraction = static_cast<float>(place - static_cast<double>(i));
  return sine[i] + fraction * (sine[i + 1] - sine[i]);
}

}  // namespace demo
