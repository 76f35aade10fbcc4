// FFTW's two libraries, for float and for double, under one name; a plan and its buffers own themselves.
#pragma once

#include <fftw3.h>

#include <complex>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "foldwave/core/errors.h"

namespace foldwave::features {

template <class Real>
struct Fftw;

template <>
struct Fftw<float> {
  using Plan = fftwf_plan_s;
  static float* allocate(size_t n) { return fftwf_alloc_real(n); }
  static void free(float* p) { fftwf_free(p); }
  static Plan* plan_complex(int n, float* in, float* out, int sign) {
    return fftwf_plan_dft_1d(n, reinterpret_cast<fftwf_complex*>(in), reinterpret_cast<fftwf_complex*>(out), sign,
                             FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
  }
  static void execute(const Plan* plan) { fftwf_execute(const_cast<Plan*>(plan)); }
  static void destroy(Plan* plan) { fftwf_destroy_plan(plan); }
};

template <>
struct Fftw<double> {
  using Plan = fftw_plan_s;
  static double* allocate(size_t n) { return fftw_alloc_real(n); }
  static void free(double* p) { fftw_free(p); }
  static Plan* plan_complex(int n, double* in, double* out, int sign) {
    return fftw_plan_dft_1d(n, reinterpret_cast<fftw_complex*>(in), reinterpret_cast<fftw_complex*>(out), sign,
                            FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
  }
  static void execute(const Plan* plan) { fftw_execute(const_cast<Plan*>(plan)); }
  static void destroy(Plan* plan) { fftw_destroy_plan(plan); }
};

inline std::mutex& fftw_planner() {  // FFTW's planner is not thread-safe; executing plans is
  static std::mutex mutex;
  return mutex;
}

template <class Real>
struct FreeBuffer {
  void operator()(Real* p) const { Fftw<Real>::free(p); }
};
template <class Real>
using FftwBuffer = std::unique_ptr<Real[], FreeBuffer<Real>>;

template <class Real>
FftwBuffer<Real> fftw_buffer(size_t n) {
  FftwBuffer<Real> buffer(Fftw<Real>::allocate(n));
  if (!buffer) throw SystemError("no memory for an FFT of " + std::to_string(n) + " numbers");
  return buffer;
}

template <class Real>
struct DestroyPlan {
  void operator()(typename Fftw<Real>::Plan* plan) const {
    const std::lock_guard lock(fftw_planner());
    Fftw<Real>::destroy(plan);
  }
};
template <class Real>
using FftwPlan = std::unique_ptr<typename Fftw<Real>::Plan, DestroyPlan<Real>>;

// A complex transform of length n from `input` to `output`, [2 n] reals each. ESTIMATE, not MEASURE: a plan chosen by
// timing could differ from run to run, and with it the last bits.
template <class Real>
class ComplexFft {
 public:
  ComplexFft(int n, int sign)
      : size_(2 * static_cast<size_t>(n)), input_(fftw_buffer<Real>(size_)), output_(fftw_buffer<Real>(size_)) {
    const std::lock_guard lock(fftw_planner());
    plan_.reset(Fftw<Real>::plan_complex(n, input_.get(), output_.get(), sign));
    if (!plan_) throw SystemError("FFTW has no plan for length " + std::to_string(n));
  }
  std::span<Real> input() { return {input_.get(), size_}; }
  Real* output() { return output_.get(); }
  void execute() { Fftw<Real>::execute(plan_.get()); }  // destroys the input

 private:
  size_t size_;
  FftwBuffer<Real> input_, output_;
  FftwPlan<Real> plan_;
};

// A real transform of length n and its inverse (n times the signal), in double precision; each destroys its input.
class RealFft {
 public:
  explicit RealFft(int n)
      : n_(static_cast<size_t>(n)), signal_(fftw_buffer<double>(n_)), spectrum_(fftw_buffer<double>(2 * bins())) {
    auto* complex = reinterpret_cast<fftw_complex*>(spectrum_.get());
    const std::lock_guard lock(fftw_planner());
    forward_.reset(fftw_plan_dft_r2c_1d(n, signal_.get(), complex, FFTW_ESTIMATE | FFTW_DESTROY_INPUT));
    inverse_.reset(fftw_plan_dft_c2r_1d(n, complex, signal_.get(), FFTW_ESTIMATE | FFTW_DESTROY_INPUT));
    if (!forward_ || !inverse_) throw SystemError("FFTW has no plan for length " + std::to_string(n));
  }
  size_t bins() const { return n_ / 2 + 1; }
  std::span<double> signal() { return {signal_.get(), n_}; }
  std::span<std::complex<double>> spectrum() {
    return {reinterpret_cast<std::complex<double>*>(spectrum_.get()), bins()};
  }
  void forward() { fftw_execute(forward_.get()); }
  void inverse() { fftw_execute(inverse_.get()); }

 private:
  size_t n_;
  FftwBuffer<double> signal_, spectrum_;
  FftwPlan<double> forward_, inverse_;
};

}  // namespace foldwave::features
