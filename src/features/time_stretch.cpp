#include "foldwave/features/time_stretch.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>

#include "features/fftw.h"
#include "foldwave/core/errors.h"

namespace foldwave::features {
namespace {

using Bin = std::complex<double>;

std::vector<double> hann(int n_fft) {
  std::vector<double> window(static_cast<size_t>(n_fft));
  for (size_t i = 0; i < window.size(); ++i)
    window[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / n_fft);
  return window;
}

// One frame of the analysis: [n_fft / 2 + 1] magnitudes and angles.
struct Polar {
  std::vector<double> magnitude;
  std::vector<float> angle;
};

}  // namespace

struct TimeStretcher::State {
  size_t n_fft;
  int64_t hop_length;
  std::vector<double> window;
  RealFft fft;
  Polar frame, next_frame;   // of the analysis, around the present step
  std::vector<float> phase;  // [n_fft / 2 + 1] summed up, in single precision as librosa does: over long signals its
                             // rounding is heard
  std::vector<double> sum, weight;  // overlapping frames, and their squared windows

  State(int n, int hop) : n_fft(static_cast<size_t>(n)), hop_length(hop), window(hann(n)), fft(n), phase(fft.bins()) {
    for (Polar* polar : {&frame, &next_frame})
      *polar = {std::vector<double>(fft.bins()), std::vector<float>(fft.bins())};
  }

  void analyse(std::span<const float> mono, int64_t t, Polar& polar);
  void fill_spectrum(double alpha);
  void synthesise(int64_t step);
};

// Frame t, centred on sample t * hop_length, zeros beyond both ends; behind the last one all is zero.
void TimeStretcher::State::analyse(std::span<const float> mono, int64_t t, Polar& polar) {
  const auto samples = static_cast<int64_t>(mono.size()), n = static_cast<int64_t>(n_fft);
  if (t > samples / hop_length) {
    std::fill(polar.magnitude.begin(), polar.magnitude.end(), 0);
    std::fill(polar.angle.begin(), polar.angle.end(), 0);
    return;
  }
  const int64_t start = t * hop_length - n / 2;
  for (int64_t i = 0; i < n; ++i) {
    const bool inside = start + i >= 0 && start + i < samples;
    fft.signal()[static_cast<size_t>(i)] =
        inside ? window[static_cast<size_t>(i)] * static_cast<double>(mono[static_cast<size_t>(start + i)]) : 0;
  }
  fft.forward();
  for (size_t k = 0; k < fft.bins(); ++k) {
    const Bin bin = fft.spectrum()[k];
    polar.magnitude[k] = std::sqrt(std::norm(bin));
    polar.angle[k] = std::atan2(static_cast<float>(bin.imag()), static_cast<float>(bin.real()));
  }
}

// Magnitudes between two frames are interpolated; phases advance by what they advance from one to the other.
void TimeStretcher::State::fill_spectrum(double alpha) {
  for (size_t k = 0; k < fft.bins(); ++k) {
    const double magnitude = (1 - alpha) * frame.magnitude[k] + alpha * next_frame.magnitude[k];
    fft.spectrum()[k] = {magnitude * static_cast<double>(std::cos(phase[k])),
                         magnitude * static_cast<double>(std::sin(phase[k]))};
    const double expected =
        2 * std::numbers::pi * static_cast<double>(hop_length) * static_cast<double>(k) / static_cast<double>(n_fft);
    const double deviation = static_cast<double>(next_frame.angle[k] - frame.angle[k]) - expected;
    const double wrapped = deviation - 2 * std::numbers::pi * std::nearbyint(deviation / (2 * std::numbers::pi));
    phase[k] = static_cast<float>(static_cast<double>(phase[k]) + (expected + wrapped));
  }
}

void TimeStretcher::State::synthesise(int64_t step) {
  fft.inverse();
  const auto start = static_cast<size_t>(step * hop_length);
  for (size_t i = 0; i < n_fft && start + i < sum.size(); ++i) {
    sum[start + i] += window[i] * fft.signal()[i] / static_cast<double>(n_fft);
    weight[start + i] += window[i] * window[i];
  }
}

TimeStretcher::TimeStretcher(int n_fft, int hop_length) {
  if (n_fft < 16 || n_fft % 2 != 0)
    throw InputError("n_fft is " + std::to_string(n_fft) + ", expected an even number from 16");
  if (hop_length < 1 || hop_length > n_fft)
    throw InputError("hop_length is " + std::to_string(hop_length) + ", expected 1 to n_fft");
  state_ = std::make_unique<State>(n_fft, hop_length);
}
TimeStretcher::~TimeStretcher() = default;
TimeStretcher::TimeStretcher(TimeStretcher&&) noexcept = default;

std::vector<float> TimeStretcher::operator()(std::span<const float> mono, double rate) {
  if (!(rate > 0)) throw InputError("a signal cannot be stretched by a rate of " + std::to_string(rate));
  State& s = *state_;
  const auto samples = static_cast<int64_t>(mono.size()), frames = 1 + samples / s.hop_length;
  const auto steps = static_cast<int64_t>(std::ceil(static_cast<double>(frames) / rate));
  std::vector<float> stretched(static_cast<size_t>(std::llround(static_cast<double>(samples) / rate)));
  s.sum.assign(stretched.size() + s.n_fft, 0);
  s.weight.assign(s.sum.size(), 0);

  int64_t analysed = -2;
  for (int64_t step = 0; step < steps; ++step) {
    const double position = static_cast<double>(step) * rate;
    const auto t = static_cast<int64_t>(position);
    if (t == analysed + 1) {
      std::swap(s.frame, s.next_frame);
      s.analyse(mono, t + 1, s.next_frame);
    } else if (t != analysed) {
      s.analyse(mono, t, s.frame);
      s.analyse(mono, t + 1, s.next_frame);
    }
    analysed = t;
    if (step == 0) s.phase = s.frame.angle;
    s.fill_spectrum(position - static_cast<double>(t));
    s.synthesise(step);
  }

  const size_t first = s.n_fft / 2;  // frames are centred
  for (size_t i = 0; i < stretched.size(); ++i) {
    const double weight = s.weight[first + i];
    const bool covered = weight > std::numeric_limits<float>::min();
    stretched[i] = static_cast<float>(covered ? s.sum[first + i] / weight : s.sum[first + i]);
  }
  return stretched;
}

}  // namespace foldwave::features
