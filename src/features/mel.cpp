#include <cmath>

#include "features/check.h"
#include "features/frame_spectrum.h"
#include "features/mel_filterbank.h"
#include "foldwave/features/features.h"

namespace foldwave::features {

int frame_count(int64_t samples, const FeatureConfig& config) {
  return static_cast<int>(1 + samples / config.hop_length);
}

struct MelExtractor::State {
  FeatureConfig config;
  MelFilterbank filterbank;
  std::unique_ptr<FrameSpectrum> spectrum;
  std::vector<float> power;  // of one frame

  explicit State(const FeatureConfig& c)
      : config(checked(c)),
        filterbank(c),
        spectrum(make_frame_spectrum(c, c.power == 1 ? Precision::double_fft : Precision::single_fft)),
        power(MelFilterbank::spectrum_size(c.n_fft)) {}
};

MelExtractor::MelExtractor(const FeatureConfig& config) : state_(std::make_unique<State>(config)) {}
MelExtractor::~MelExtractor() = default;
MelExtractor::MelExtractor(MelExtractor&&) noexcept = default;

MelSpectrogram MelExtractor::operator()(std::span<const float> mono) {
  const FeatureConfig& config = state_->config;
  const int frames = frame_count(static_cast<int64_t>(mono.size()), config);
  MelSpectrogram mel{frames, config.n_mels,
                     std::vector<float>(static_cast<size_t>(frames) * static_cast<size_t>(config.n_mels))};
  (*this)(mono, 0, config.hop_length, mel.power);
  return mel;
}

void MelExtractor::operator()(std::span<const float> mono, double first_centre, double hop, std::span<float> power) {
  State& state = *state_;
  const auto n_mels = static_cast<size_t>(state.config.n_mels);
  for (size_t t = 0; t < power.size() / n_mels; ++t) {
    (*state.spectrum)(mono, std::llround(first_centre + static_cast<double>(t) * hop), state.power);
    state.filterbank(state.power, power.subspan(t * n_mels, n_mels));
  }
}

}  // namespace foldwave::features
