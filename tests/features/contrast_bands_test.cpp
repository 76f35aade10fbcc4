#include "features/contrast_bands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace foldwave::features {
namespace {

// librosa.feature.spectral_contrast's words: bins from low to high, both included, one more below; the last is left
// out.
double valley_by_sorting(const std::vector<float>& power, double hz_per_bin, int band) {
  const double low = band == 0 ? 0 : 100 * std::exp2(band), high = 200 * std::exp2(band);
  std::vector<double> magnitudes;
  for (size_t k = 0; k < power.size(); ++k) {
    const double hz = static_cast<double>(k) * hz_per_bin;
    const bool one_below = band > 0 && hz < low && hz + hz_per_bin >= low;
    if ((hz >= low && (hz <= high || band == 6)) || one_below) magnitudes.push_back(std::sqrt(power[k]));
  }
  const double share = 0.02 * static_cast<double>(magnitudes.size());
  if (band < 6) magnitudes.pop_back();
  std::sort(magnitudes.begin(), magnitudes.end());
  const auto count = static_cast<size_t>(std::max(1.0, std::nearbyint(share)));
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += magnitudes[i];
  return sum / static_cast<double>(count);
}

TEST(ContrastBands, AreLibrosasAlsoWhereAnOctavesEdgeFallsOnABin) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  for (const auto& [rate, n_fft] : {std::pair{16000, 400}, {44100, 882}, {48000, 1920}, {22050, 2048}}) {
    std::vector<float> power(static_cast<size_t>(n_fft / 2) + 1);
    for (float& value : power) value = uniform(generator);
    ContrastBands bands(rate, n_fft);
    ASSERT_EQ(bands.count(), 7);
    std::vector<float> peak(7), valley(7);
    bands(power, peak, valley);
    for (int band = 0; band < 7; ++band) {
      EXPECT_NEAR(valley[static_cast<size_t>(band)], valley_by_sorting(power, static_cast<double>(rate) / n_fft, band),
                  1e-6)
          << rate << " " << n_fft << " " << band;
    }
  }
}

}  // namespace
}  // namespace foldwave::features
