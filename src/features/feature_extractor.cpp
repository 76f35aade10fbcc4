#include <algorithm>
#include <cmath>

#include "foldwave/features/features.h"

namespace foldwave::features {

struct FeatureExtractor::State {
  FeatureConfig config;
  MelExtractor mel;
};

FeatureExtractor::FeatureExtractor(const FeatureConfig& config) : state_(new State{config, MelExtractor(config)}) {}
FeatureExtractor::~FeatureExtractor() = default;
FeatureExtractor::FeatureExtractor(FeatureExtractor&&) noexcept = default;

void FeatureExtractor::operator()(std::span<const float> mono, Features& features) {
  const FeatureConfig& config = state_->config;
  const MelSpectrogram mel = state_->mel(mono);
  features.mel = {mel.frames, mel.n_mels, power_to_db(mel.power, 1, config.top_db), maximum(mel.power)};
  features.mfcc = mfcc(mel, config);
  features.mfcc_summary = mfcc_summary(features.mfcc);
  features.summary.clear();
}

std::vector<std::string> summary_names(const FeatureConfig&) { return {}; }

}  // namespace foldwave::features
