#include <soxr.h>

#include <cmath>
#include <memory>
#include <string>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {
namespace {

using Resampler = std::unique_ptr<soxr, decltype(&soxr_delete)>;

void check(soxr_error_t error) {
  if (error != nullptr) throw SystemError(std::string("resampling with soxr: ") + error);
}

Resampler open_resampler(double from_rate, double to_rate) {
  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);  // threads; ranks are what shares the cores
  soxr_error_t error = nullptr;
  Resampler resampler(soxr_create(from_rate, to_rate, 1, &error, &io, &quality, &runtime), &soxr_delete);
  check(error);
  return resampler;
}

}  // namespace

std::vector<float> resample(std::span<const float> mono, double from_rate, double to_rate) {
  if (from_rate == to_rate) return {mono.begin(), mono.end()};
  const auto length = static_cast<size_t>(std::ceil(static_cast<double>(mono.size()) * (to_rate / from_rate)));
  std::vector<float> out(length);  // where soxr gives less, zeros remain, as librosa's fix_length leaves them
  const Resampler resampler = open_resampler(from_rate, to_rate);
  size_t taken = 0, filled = 0;
  while (taken < mono.size() && filled < length) {
    size_t used = 0, made = 0;
    check(soxr_process(resampler.get(), mono.data() + taken, mono.size() - taken, &used, out.data() + filled,
                       length - filled, &made));
    taken += used;
    filled += made;
  }
  while (filled < length) {
    size_t made = 0;
    check(soxr_process(resampler.get(), nullptr, 0, nullptr, out.data() + filled, length - filled, &made));
    if (made == 0) break;
    filled += made;
  }
  return out;
}

}  // namespace foldwave::audio
