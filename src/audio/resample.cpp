#include <soxr.h>

#include <cmath>
#include <string>

#include "audio/resampler.h"
#include "foldwave/audio/audio.h"

namespace foldwave::audio {
namespace {

constexpr size_t kBlockSamples = 4096;  // they stay in the fastest cache

void check(soxr_error_t error) {
  if (error != nullptr) throw SystemError(std::string("resampling with soxr: ") + error);
}

soxr* open_resampler(double from_rate, double to_rate) {
  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);  // threads; ranks are what shares the cores
  soxr_error_t error = nullptr;
  soxr* const resampler = soxr_create(from_rate, to_rate, 1, &error, &io, &quality, &runtime);
  check(error);
  return resampler;
}

}  // namespace

void Resampler::Delete::operator()(soxr* resampler) const { soxr_delete(resampler); }

Resampler::Resampler(double from_rate, double to_rate)
    : soxr_(open_resampler(from_rate, to_rate)), ratio_(to_rate / from_rate), block_(kBlockSamples) {}

void Resampler::begin() {
  check(soxr_clear(soxr_.get()));
  taken_ = made_ = 0;
}

void Resampler::append(std::span<const float> mono, std::vector<float>& out) {
  while (!mono.empty()) {
    size_t used = 0, made = 0;
    check(soxr_process(soxr_.get(), mono.data(), mono.size(), &used, block_.data(), block_.size(), &made));
    keep(made, out);
    mono = mono.subspan(used);
    taken_ += static_cast<int64_t>(used);
  }
}

void Resampler::finish(std::vector<float>& out) {
  size_t made = 0;
  do {
    check(soxr_process(soxr_.get(), nullptr, 0, nullptr, block_.data(), block_.size(), &made));
    keep(made, out);
  } while (made > 0);
  // Where soxr gives less, zeros follow, as librosa's fix_length leaves them.
  const auto length = static_cast<int64_t>(std::ceil(static_cast<double>(taken_) * ratio_));
  out.resize(out.size() + static_cast<size_t>(length) - static_cast<size_t>(made_));
}

void Resampler::keep(size_t made, std::vector<float>& out) {
  out.insert(out.end(), block_.begin(), block_.begin() + static_cast<std::ptrdiff_t>(made));
  made_ += static_cast<int64_t>(made);
}

std::vector<float> resample(std::span<const float> mono, double from_rate, double to_rate) {
  if (from_rate == to_rate) return {mono.begin(), mono.end()};
  std::vector<float> out;
  Resampler resampler(from_rate, to_rate);
  resampler.append(mono, out);
  resampler.finish(out);
  return out;
}

}  // namespace foldwave::audio
