#include "features/rich_summary.h"

#include "features/delta.h"

namespace foldwave::features {
namespace {

std::string numbered(const std::string& name, int number, int of) {
  std::string digits = std::to_string(number);
  const size_t width = of > 100 ? std::to_string(of - 1).size() : 2;
  return name + "_" + std::string(width - digits.size(), '0') + digits;
}

// In the order in which RichSummary appends them.
void add_names(const std::string& feature, int columns, std::vector<std::string>& names) {
  for (const std::string& statistic : kStatistics) {
    for (int k = 0; k < columns; ++k)
      names.push_back((columns == 1 ? feature : numbered(feature, k, columns)) + "_" + statistic);
  }
}

}  // namespace

std::vector<std::string> summary_names(const FeatureConfig& config) {
  std::vector<std::string> names;
  if (config.summary != Summary::rich) return names;
  add_names("mfcc", config.n_mfcc, names);
  add_names("mfcc_delta", config.n_mfcc, names);
  add_names("mel", config.n_mels, names);
  add_names("chroma", ChromaFilterbank::kClasses, names);
  add_names("contrast", ContrastBands(config.sample_rate, config.n_fft).count(), names);
  for (const char* feature : {"centroid", "bandwidth", "rolloff", "flatness", "zero_crossing_rate", "rms"})
    add_names(feature, 1, names);
  return names;
}

void RichSummary::operator()(const LogMel& mel, const Mfcc& mfcc, const SpectralFrames& spectral,
                             std::vector<float>& summary) {
  const auto n_mfcc = static_cast<size_t>(mfcc.n_mfcc);
  delta(mfcc, delta_);
  statistics_.append(mfcc.values, n_mfcc, summary);
  statistics_.append(delta_, n_mfcc, summary);
  statistics_.append(mel.db, static_cast<size_t>(mel.n_mels), summary);
  statistics_.append(spectral.chroma, ChromaFilterbank::kClasses, summary);
  statistics_.append(spectral.contrast, spectral.contrast.size() / static_cast<size_t>(spectral.frames), summary);
  for (const auto* feature : {&spectral.centroid, &spectral.bandwidth, &spectral.rolloff, &spectral.flatness,
                              &spectral.zero_crossing_rate, &spectral.rms})
    statistics_.append(*feature, 1, summary);
}

}  // namespace foldwave::features
