#include "features/check.h"

#include <cmath>

#include "foldwave/core/errors.h"

namespace foldwave::features {
namespace {

std::string text(double value) {
  std::string digits = std::to_string(value);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

}  // namespace

double upper_frequency(const FeatureConfig& config) { return config.fmax > 0 ? config.fmax : config.sample_rate / 2.0; }

void check(const FeatureConfig& config, const std::function<std::string(const std::string& field)>& where) {
  const auto require = [&](bool holds, const std::string& field, double value, const std::string& expected) {
    if (!holds) throw InputError(where(field) + " is " + text(value) + ", expected " + expected);
  };
  const double nyquist = config.sample_rate / 2.0, fmax = upper_frequency(config);
  const std::string n_fft = "n_fft (" + std::to_string(config.n_fft) + ")";
  require(config.sample_rate > 0, "sample_rate", config.sample_rate, "a positive rate");
  require(config.n_fft >= 16 && config.n_fft <= 1 << 20, "n_fft", config.n_fft, "16 to 1048576");
  require(config.n_fft % 2 == 0, "n_fft", config.n_fft, "an even number");
  require(config.hop_length >= 1 && config.hop_length <= config.n_fft, "hop_length", config.hop_length,
          "1 to " + n_fft);
  require(config.n_mels >= 1 && config.n_mels <= config.n_fft / 2, "n_mels", config.n_mels, "1 to half of " + n_fft);
  require(config.n_mfcc >= 1 && config.n_mfcc <= config.n_mels, "n_mfcc", config.n_mfcc,
          "1 to n_mels (" + std::to_string(config.n_mels) + ")");
  require(config.fmax >= 0 && config.fmax <= nyquist, "fmax", config.fmax,
          "at most half the sample rate (" + text(nyquist) + " Hz)");
  require(config.fmin >= 0 && config.fmin < fmax, "fmin", config.fmin, "0 to below fmax (" + text(fmax) + " Hz)");
  require(config.power == 1 || config.power == 2, "power", config.power, "1 (magnitude) or 2 (power)");
  require(config.lifter >= 0 && std::isfinite(config.lifter), "lifter", config.lifter, "0 or more");
  require(config.top_db > 0, "top_db", config.top_db, "more than 0");
}

const FeatureConfig& checked(const FeatureConfig& config) {
  check(config, [](const std::string& field) { return field; });
  return config;
}

}  // namespace foldwave::features
