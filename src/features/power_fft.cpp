#include "features/power_fft.h"

#include <cmath>
#include <mutex>
#include <numbers>

#include "foldwave/core/errors.h"

namespace foldwave::features {
namespace {

std::mutex& planner() {  // FFTW's planner is not thread-safe; executing plans is
  static std::mutex mutex;
  return mutex;
}

float* allocate(int n) {
  float* p = fftwf_alloc_real(static_cast<size_t>(n));
  if (p == nullptr) throw SystemError("no memory for an FFT of length " + std::to_string(n));
  return p;
}

}  // namespace

void PowerFft::Destroy::operator()(fftwf_plan_s* plan) const {
  const std::lock_guard lock(planner());
  fftwf_destroy_plan(plan);
}

PowerFft::PowerFft(int n) : n_(n), input_(allocate(n)), output_(allocate(n)) {
  {
    const std::lock_guard lock(planner());
    // ESTIMATE, not MEASURE: a plan chosen by timing could differ from run to run, and with it the last bits.
    plan_.reset(fftwf_plan_dft_1d(n / 2, reinterpret_cast<fftwf_complex*>(input_.get()),
                                  reinterpret_cast<fftwf_complex*>(output_.get()), FFTW_FORWARD,
                                  FFTW_ESTIMATE | FFTW_DESTROY_INPUT));
  }
  if (!plan_) throw SystemError("FFTW has no plan for length " + std::to_string(n));
  const size_t bins = static_cast<size_t>(n / 2) + 1;
  for (auto* row : {&cos_, &sin_, &re_, &im_, &re_mirrored_, &im_mirrored_}) row->resize(bins);
  for (size_t k = 0; k < bins; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / n;
    cos_[k] = static_cast<float>(std::cos(angle));
    sin_[k] = static_cast<float>(std::sin(angle));
  }
}

void PowerFft::operator()(std::span<float> power) {
  fftwf_execute(plan_.get());
  const auto half = static_cast<size_t>(n_ / 2);
  const float* z = output_.get();
  for (size_t k = 0; k < half; ++k) {
    re_[k] = z[2 * k];
    im_[k] = z[2 * k + 1];
  }
  re_[half] = re_[0];
  im_[half] = im_[0];
  for (size_t k = 0; k <= half; ++k) {
    re_mirrored_[k] = re_[half - k];
    im_mirrored_[k] = im_[half - k];
  }
  const float *re = re_.data(), *im = im_.data(), *mre = re_mirrored_.data(), *mim = im_mirrored_.data();
  const float *cosine = cos_.data(), *sine = sin_.data();
  float* out = power.data();
  // X[k] = E[k] + exp(-2 pi i k / n) O[k], E and O the transforms of the even and the odd samples.
  for (size_t k = 0; k <= half; ++k) {
    const float even_re = re[k] + mre[k], even_im = im[k] - mim[k];
    const float odd_re = im[k] + mim[k], odd_im = mre[k] - re[k];
    const float x_re = even_re + cosine[k] * odd_re + sine[k] * odd_im;
    const float x_im = even_im + cosine[k] * odd_im - sine[k] * odd_re;
    out[k] = x_re * x_re + x_im * x_im;
  }
}

}  // namespace foldwave::features
