#include <array>
#include <optional>

#include "features/cepstrum.h"
#include "features/check.h"
#include "features/decibel.h"
#include "features/frame_spectrum.h"
#include "features/mel_filterbank.h"
#include "features/rich_summary.h"
#include "features/spectral_frames.h"
#include "foldwave/features/features.h"

namespace foldwave::features {

struct FeatureExtractor::State {
  FeatureConfig config;
  std::unique_ptr<FrameSpectrum> spectrum;
  MelFilterbank filterbank;
  Cepstrum cepstrum;
  std::optional<SpectralDescriptors> descriptors;  // for the rich summary
  SpectralFrames spectral;
  RichSummary rich;
  std::vector<float> power;      // of one frame
  std::vector<float> mel_power;  // [frames, n_mels]

  explicit State(const FeatureConfig& c)
      : config(checked(c)),
        spectrum(make_frame_spectrum(
            c, c.power == 1 || c.summary == Summary::rich ? Precision::double_fft : Precision::single_fft)),
        filterbank(c),
        cepstrum(c),
        power(MelFilterbank::spectrum_size(c.n_fft)) {
    if (c.summary == Summary::rich) descriptors.emplace(c);
  }

  void analyse(std::span<const float> mono);
};

// Fills mel_power and, for the rich summary, `spectral`.
void FeatureExtractor::State::analyse(std::span<const float> mono) {
  const int frames = frame_count(static_cast<int64_t>(mono.size()), config);
  const auto n_mels = static_cast<size_t>(config.n_mels), bins = static_cast<size_t>(config.n_fft / 2) + 1;
  mel_power.resize(static_cast<size_t>(frames) * n_mels);
  if (descriptors) descriptors->start(frames, spectral);
  for (int t = 0; t < frames; ++t) {
    (*spectrum)(mono, static_cast<int64_t>(t) * config.hop_length, power);
    if (descriptors) descriptors->add(std::span(power).first(bins), t, spectral);
    filterbank(power, std::span(mel_power).subspan(static_cast<size_t>(t) * n_mels, n_mels));
  }
  if (descriptors) descriptors->finish(mono, spectral);
}

FeatureExtractor::FeatureExtractor(const FeatureConfig& config) : state_(std::make_unique<State>(config)) {}
FeatureExtractor::~FeatureExtractor() = default;
FeatureExtractor::FeatureExtractor(FeatureExtractor&&) noexcept = default;

void FeatureExtractor::operator()(std::span<const float> mono, Features& features) {
  State& state = *state_;
  state.analyse(mono);
  features.mel.frames = static_cast<int>(state.mel_power.size()) / state.config.n_mels;
  features.mel.n_mels = state.config.n_mels;
  features.mel.max_power = maximum(state.mel_power);
  power_to_db(state.mel_power, 1, state.config.top_db, features.mel.db);
  state.cepstrum(features.mel.db, features.mfcc);
  features.mfcc_summary = mfcc_summary(features.mfcc);
  features.summary.clear();
  if (state.descriptors) state.rich(features.mel, features.mfcc, state.spectral, features.summary);
}

}  // namespace foldwave::features
