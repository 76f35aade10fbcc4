// FFTW's two libraries, for float and for double, under one name; a plan and its buffers own themselves.
#pragma once

#include <fftw3.h>

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

// A complex transform of length n from `input` to `output`, [2 n] reals each. ESTIMATE, not MEASURE: a plan chosen by
// timing could differ from run to run, and with it the last bits.
template <class Real>
class ComplexFft {
 public:
  ComplexFft(int n, int sign) : size_(2 * static_cast<size_t>(n)), input_(allocate()), output_(allocate()) {
    const std::lock_guard lock(fftw_planner());
    plan_.reset(Fftw<Real>::plan_complex(n, input_.get(), output_.get(), sign));
    if (!plan_) throw SystemError("FFTW has no plan for length " + std::to_string(n));
  }
  std::span<Real> input() { return {input_.get(), size_}; }
  const Real* output() const { return output_.get(); }
  void execute() { Fftw<Real>::execute(plan_.get()); }  // destroys the input

 private:
  struct Free {
    void operator()(Real* p) const { Fftw<Real>::free(p); }
  };
  struct Destroy {
    void operator()(typename Fftw<Real>::Plan* plan) const {
      const std::lock_guard lock(fftw_planner());
      Fftw<Real>::destroy(plan);
    }
  };
  Real* allocate() const {
    Real* p = Fftw<Real>::allocate(size_);
    if (p == nullptr) throw SystemError("no memory for an FFT of length " + std::to_string(size_ / 2));
    return p;
  }

  size_t size_;
  std::unique_ptr<Real[], Free> input_, output_;
  std::unique_ptr<typename Fftw<Real>::Plan, Destroy> plan_;
};

}  // namespace foldwave::features
