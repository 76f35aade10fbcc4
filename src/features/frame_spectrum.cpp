#include "features/frame_spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "features/fftw.h"
#include "foldwave/core/for_each_cpu.h"

namespace foldwave::features {
namespace {

// A real transform of even length n made from a complex one of n/2: FFTW's complex transforms use vector instructions
// throughout, its real ones do not.
template <class Real>
struct Unpacking {
  size_t half;                // n/2
  const Real *cosine, *sine;  // of 2 pi k / n, k = 0 .. n/4
  Real *re, *im;              // [n/2 + 1] room for the transform, periodic
};

// X[k] = E[k] + exp(-2 pi i k / n) O[k], E and O the transforms of the even and the odd samples, and X[n/2 - k] is the
// conjugate of E[k] - exp(-2 pi i k / n) O[k]: both from one product. z came in halved.
template <class Real>
inline void unpack(const Unpacking<Real>& u, const Real* z, Real* power) {
  const size_t half = u.half, middle = half / 2;
  Real* __restrict re = u.re;
  Real* __restrict im = u.im;
  for (size_t k = 0; k < half; ++k) {
    re[k] = z[2 * k];
    im[k] = z[2 * k + 1];
  }
  re[half] = re[0];
  im[half] = im[0];
  const Real* __restrict cosine = u.cosine;
  const Real* __restrict sine = u.sine;
  Real* __restrict mirrored = power + half - middle;  // power[half - k] is mirrored[middle - k]
#pragma omp simd
  for (size_t k = 0; k <= middle; ++k) {
    const Real even_re = re[k] + re[half - k], even_im = im[k] - im[half - k];
    const Real odd_re = im[k] + im[half - k], odd_im = re[half - k] - re[k];
    const Real turned_re = cosine[k] * odd_re + sine[k] * odd_im, turned_im = cosine[k] * odd_im - sine[k] * odd_re;
    const Real sum_re = even_re + turned_re, sum_im = even_im + turned_im;
    const Real difference_re = even_re - turned_re, difference_im = even_im - turned_im;
    power[k] = sum_re * sum_re + sum_im * sum_im;
    mirrored[middle - k] = difference_re * difference_re + difference_im * difference_im;
  }
}

FOLDWAVE_FOR_EACH_CPU void to_power(const Unpacking<float>& u, const float* z, float* power) { unpack(u, z, power); }
FOLDWAVE_FOR_EACH_CPU void to_power(const Unpacking<double>& u, double* z, float* power) {
  unpack(u, z, z);
  for (size_t k = 0; k <= u.half; ++k) power[k] = static_cast<float>(z[k]);
}

FOLDWAVE_FOR_EACH_CPU void apply_window(const float* __restrict samples, const float* __restrict window,
                                        float* __restrict out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = samples[i] * window[i];
}
FOLDWAVE_FOR_EACH_CPU void apply_window(const float* __restrict samples, const double* __restrict window,
                                        double* __restrict out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<double>(samples[i]) * window[i];
}

template <class Real>
class FftSpectrum final : public FrameSpectrum {
 public:
  explicit FftSpectrum(const FeatureConfig& config)
      : n_(static_cast<size_t>(config.n_fft)), fft_(config.n_fft / 2, FFTW_FORWARD) {
    const double step = 2 * std::numbers::pi / config.n_fft;
    for (size_t i = 0; i < n_; ++i) {  // periodic Hann; halved here, which spares the unpacking its halving
      window_.push_back(static_cast<Real>(0.5 * (0.5 - 0.5 * std::cos(step * static_cast<double>(i)))));
    }
    for (size_t k = 0; k <= n_ / 4; ++k) {
      cosine_.push_back(static_cast<Real>(std::cos(step * static_cast<double>(k))));
      sine_.push_back(static_cast<Real>(std::sin(step * static_cast<double>(k))));
    }
    for (auto* row : {&re_, &im_}) row->resize(n_ / 2 + 1);
  }

  void operator()(std::span<const float> mono, int64_t centre, std::span<float> power) override {
    const auto n = static_cast<int64_t>(n_), samples = static_cast<int64_t>(mono.size());
    const int64_t start = centre - n / 2;
    const int64_t begin = std::clamp<int64_t>(-start, 0, n), end = std::clamp<int64_t>(samples - start, begin, n);
    Real* in = fft_.input().data();
    std::fill(in, in + begin, Real{0});
    if (end > begin)
      apply_window(&mono[static_cast<size_t>(start + begin)], &window_[static_cast<size_t>(begin)], in + begin,
                   static_cast<size_t>(end - begin));
    std::fill(in + end, in + n, Real{0});
    fft_.execute();
    to_power({n_ / 2, cosine_.data(), sine_.data(), re_.data(), im_.data()}, fft_.output(), power.data());
  }

 private:
  size_t n_;
  ComplexFft<Real> fft_;
  std::vector<Real> window_;         // [n_fft]
  std::vector<Real> cosine_, sine_;  // [n_fft / 4 + 1]
  std::vector<Real> re_, im_;        // [n_fft / 2 + 1]
};

}  // namespace

std::unique_ptr<FrameSpectrum> make_frame_spectrum(const FeatureConfig& config, Precision precision) {
  if (precision == Precision::single_fft) return std::make_unique<FftSpectrum<float>>(config);
  return std::make_unique<FftSpectrum<double>>(config);
}

}  // namespace foldwave::features
