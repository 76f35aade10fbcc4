#include "features/spectral_frames.h"

#include <algorithm>
#include <cmath>

#include "features/decibel.h"
#include "features/waveform_frames.h"
#include "foldwave/core/for_each_cpu.h"

namespace foldwave::features {
namespace {

constexpr double kRolloff = 0.85;  // of a frame's summed magnitude
constexpr double kContrastTopDb = 80;

// Sums over the bins of one frame.
struct Sums {
  float magnitude, weighted_hz;  // of magnitude, and of magnitude * Hz
  float power, power_db;         // of max(amin, power), and of its decibels
};

FOLDWAVE_FOR_EACH_CPU Sums sum_bins(const float* __restrict power, const float* __restrict hz, size_t bins,
                                    float* __restrict magnitude) {
  float of_magnitude = 0, of_hz = 0, of_power = 0, of_db = 0;
#pragma omp simd reduction(+ : of_magnitude, of_hz, of_power, of_db)
  for (size_t k = 0; k < bins; ++k) {
    const float root = std::sqrt(power[k]), floored = std::max(kAmin, power[k]);
    magnitude[k] = root;
    of_magnitude += root;
    of_hz += root * hz[k];
    of_power += floored;
    of_db += decibel(floored);
  }
  return {of_magnitude, of_hz, of_power, of_db};
}

FOLDWAVE_FOR_EACH_CPU float second_moment(const float* __restrict magnitude, const float* __restrict hz, size_t bins,
                                          float centroid) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < bins; ++k) {
    const float deviation = hz[k] - centroid;
    sum += magnitude[k] * deviation * deviation;
  }
  return sum;
}

FOLDWAVE_FOR_EACH_CPU double sum_of(const float* values, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; ++i) sum += static_cast<double>(values[i]);
  return sum;
}

// The first bin up to which at least a share kRolloff of all magnitudes lies; in double, and blocks first, because bins
// that share a sum by rounding would be told apart otherwise.
size_t rolloff_bin(const std::vector<float>& magnitude) {
  constexpr size_t kBlock = 64;
  const double threshold = kRolloff * sum_of(magnitude.data(), magnitude.size());
  double reached = 0;
  size_t k = 0;
  for (; k + kBlock < magnitude.size(); k += kBlock) {
    const double block = sum_of(&magnitude[k], kBlock);
    if (reached + block >= threshold) break;
    reached += block;
  }
  for (; k + 1 < magnitude.size(); ++k) {
    reached += static_cast<double>(magnitude[k]);
    if (reached >= threshold) break;
  }
  return k;
}

}  // namespace

SpectralDescriptors::SpectralDescriptors(const FeatureConfig& config)
    : bins_(static_cast<size_t>(config.n_fft / 2) + 1),
      n_fft_(config.n_fft),
      hop_length_(config.hop_length),
      chroma_(config.sample_rate, config.n_fft),
      bands_(config.sample_rate, config.n_fft),
      magnitude_(bins_) {
  for (size_t k = 0; k < bins_; ++k)
    hz_.push_back(static_cast<float>(static_cast<double>(k) * config.sample_rate / config.n_fft));
}

void SpectralDescriptors::start(int frames, SpectralFrames& out) const {
  const auto n = static_cast<size_t>(frames), bands = static_cast<size_t>(bands_.count());
  out.frames = frames;
  out.chroma.resize(n * ChromaFilterbank::kClasses);
  for (auto* per_band : {&out.peak, &out.valley}) per_band->resize(n * bands);
  for (auto* per_frame : {&out.centroid, &out.bandwidth, &out.rolloff, &out.flatness}) per_frame->resize(n);
}

void SpectralDescriptors::add(std::span<const float> power, int frame, SpectralFrames& out) {
  const auto t = static_cast<size_t>(frame), bands = static_cast<size_t>(bands_.count());
  chroma_(power, std::span(out.chroma).subspan(t * ChromaFilterbank::kClasses, ChromaFilterbank::kClasses));
  bands_(power, std::span(out.peak).subspan(t * bands, bands), std::span(out.valley).subspan(t * bands, bands));

  const Sums sums = sum_bins(power.data(), hz_.data(), bins_, magnitude_.data());
  const bool silent = sums.magnitude == 0;
  const float centroid = silent ? 0 : sums.weighted_hz / sums.magnitude;
  const float moment = second_moment(magnitude_.data(), hz_.data(), bins_, centroid);
  out.centroid[t] = centroid;
  out.bandwidth[t] = silent ? 0 : std::sqrt(moment / sums.magnitude);
  out.rolloff[t] = hz_[rolloff_bin(magnitude_)];
  const auto bins = static_cast<float>(bins_);
  out.flatness[t] = std::pow(10.0F, sums.power_db / bins / 10) / (sums.power / bins);
}

void SpectralDescriptors::finish(std::span<const float> mono, SpectralFrames& out) const {
  power_to_db(out.peak, 1, kContrastTopDb, out.contrast);  // of magnitudes, as librosa
  static thread_local std::vector<float> valley_db;
  power_to_db(out.valley, 1, kContrastTopDb, valley_db);
  for (size_t i = 0; i < valley_db.size(); ++i) out.contrast[i] -= valley_db[i];
  zero_crossing_rates(mono, n_fft_, hop_length_, out.zero_crossing_rate);
  root_mean_squares(mono, n_fft_, hop_length_, out.rms);
}

}  // namespace foldwave::features
