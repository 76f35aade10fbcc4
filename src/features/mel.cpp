#include <algorithm>
#include <cmath>
#include <numbers>

#include "features/check.h"
#include "features/mel_filterbank.h"
#include "features/power_fft.h"
#include "foldwave/features/features.h"

namespace foldwave::features {
namespace {

const FeatureConfig& checked(const FeatureConfig& config) {
  check(config, [](const std::string& field) { return field; });
  return config;
}

std::vector<float> hann_window(int n_fft) {
  std::vector<float> window(static_cast<size_t>(n_fft));
  for (size_t i = 0; i < window.size(); ++i) {
    const double value = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / n_fft);
    window[i] = static_cast<float>(value) * PowerFft::kInputScale;
  }
  return window;
}

}  // namespace

int frame_count(int64_t samples, const FeatureConfig& config) {
  return static_cast<int>(1 + samples / config.hop_length);
}

struct MelExtractor::State {
  FeatureConfig config;
  MelFilterbank filterbank;
  PowerFft fft;
  std::vector<float> window;    // [n_fft]
  std::vector<float> spectrum;  // [n_fft / 2 + 1] of one frame, and the zeros that the filterbank wants behind it

  explicit State(const FeatureConfig& c)
      : config(checked(c)),
        filterbank(c),
        fft(c.n_fft),
        window(hann_window(c.n_fft)),
        spectrum(static_cast<size_t>(c.n_fft / 2) + 1 + MelFilterbank::kLanes) {}

  void fill_frame(std::span<const float> mono, int64_t frame);
  void compute_frame(std::span<const float> mono, int64_t frame, std::span<float> mel);
};

// The windowed frame around sample frame * hop_length, with zeros beyond both ends.
void MelExtractor::State::fill_frame(std::span<const float> mono, int64_t frame) {
  const int64_t n = config.n_fft, samples = static_cast<int64_t>(mono.size());
  const int64_t start = frame * config.hop_length - n / 2;
  const int64_t begin = std::clamp<int64_t>(-start, 0, n), end = std::clamp<int64_t>(samples - start, begin, n);
  float* out = fft.input().data();
  std::fill(out, out + begin, 0.0F);
  for (int64_t i = begin; i < end; ++i) out[i] = mono[static_cast<size_t>(start + i)] * window[static_cast<size_t>(i)];
  std::fill(out + end, out + n, 0.0F);
}

void MelExtractor::State::compute_frame(std::span<const float> mono, int64_t frame, std::span<float> mel) {
  fill_frame(mono, frame);
  fft(spectrum);
  if (config.power == 1) {
    for (float& value : spectrum) value = std::sqrt(value);
  }
  filterbank(spectrum, mel);
}

MelExtractor::MelExtractor(const FeatureConfig& config) : state_(std::make_unique<State>(config)) {}
MelExtractor::~MelExtractor() = default;
MelExtractor::MelExtractor(MelExtractor&&) noexcept = default;

MelSpectrogram MelExtractor::operator()(std::span<const float> mono) {
  State& state = *state_;
  const auto frames = static_cast<size_t>(frame_count(static_cast<int64_t>(mono.size()), state.config));
  const auto n_mels = static_cast<size_t>(state.config.n_mels);
  MelSpectrogram mel{static_cast<int>(frames), state.config.n_mels, std::vector<float>(frames * n_mels)};
  for (size_t t = 0; t < frames; ++t) {
    state.compute_frame(mono, static_cast<int64_t>(t), std::span(mel.power).subspan(t * n_mels, n_mels));
  }
  return mel;
}

}  // namespace foldwave::features
