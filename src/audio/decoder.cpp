#include "audio/decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "foldwave/core/for_each_cpu.h"

namespace foldwave::audio {
namespace {

// Beyond this (full scale is 1, or 2^31 in files of unscaled integers) powers would overflow in float.
constexpr float kLargestSample = 1e12F;

constexpr size_t kMostResamplers = 4;
constexpr int64_t kMostReserved = int64_t{1} << 22;  // samples, before a frame of them has been seen

constexpr int64_t kUnbounded = std::numeric_limits<int64_t>::max();

// As librosa.load counts the frames of offset and duration.
int64_t frames_of(double seconds, int rate) {
  const double frames = std::floor(seconds * rate);
  return frames < 9e18 ? static_cast<int64_t>(frames) : kUnbounded;
}

inline bool usable(float sample) { return std::abs(sample) <= kLargestSample; }

FOLDWAVE_FOR_EACH_CPU bool all_usable(const float* samples, size_t n) {
  int unusable = 0;
#pragma omp simd reduction(| : unusable)
  for (size_t i = 0; i < n; ++i) unusable |= static_cast<int>(!usable(samples[i]));
  return unusable == 0;
}

void require_numbers(std::span<const float> samples, int64_t first) {
  if (all_usable(samples.data(), samples.size())) return;
  const auto bad = std::ranges::find_if_not(samples, usable);
  const std::string sample = fmt::format("sample {}", first + (bad - samples.begin()));
  if (std::isnan(*bad)) throw UnusableAudio(sample + " is not a number");
  if (std::isinf(*bad)) throw UnusableAudio(sample + " is infinite");
  throw UnusableAudio(fmt::format("{} is out of any range: {:g}", sample, *bad));
}

UnusableAudio nothing_after(double offset_s, double file_s) {
  return UnusableAudio(fmt::format("nothing after the offset of {:g} s (the file has {:g} s)", offset_s, file_s));
}

}  // namespace

Decoder::Decoder(const AudioConfig& config, const std::atomic<bool>& give_up, int64_t most_samples)
    : config_(config), give_up_(give_up), most_samples_(most_samples), ahead_{{}, give_up} {}

void Decoder::operator()(const std::filesystem::path& path, std::vector<float>& mono) {
  mono.clear();
  InputFile input(path, ahead_);
  try {
    SoundFile sound(input, block_);
    decode(sound, mono);
  } catch (const UnusableAudio&) {
    input.require_read_well();  // explains better why the rest was not audio
    throw;
  }
  input.require_read_well();
}

void Decoder::decode(SoundFile& sound, std::vector<float>& mono) {
  const int64_t begin = pass_over_offset(sound);
  int64_t left = config_.max_seconds > 0 ? frames_of(config_.max_seconds, sound.rate()) : kUnbounded;
  Resampler* const resampler = resampler_from(sound.rate());
  const double samples_per_frame = static_cast<double>(config_.sample_rate) / sound.rate();
  const double expected = static_cast<double>(std::min(left, sound.frames() - begin)) * samples_per_frame;
  mono.reserve(static_cast<size_t>(std::clamp<double>(expected + 1, 0, kMostReserved)));

  int64_t frame = begin;
  while (left > 0 && !give_up_) {
    const std::span<const float> block = sound.read(left);
    if (block.empty()) break;
    require_numbers(block, frame);
    if (resampler != nullptr)
      resampler->append(block, mono);
    else
      mono.insert(mono.end(), block.begin(), block.end());
    if (static_cast<int64_t>(mono.size()) > most_samples_)
      throw UnusableAudio(fmt::format("longer than {:.3g} h", most_samples_ / 3600.0 / config_.sample_rate));
    frame += static_cast<int64_t>(block.size());
    left -= static_cast<int64_t>(block.size());
  }
  // A file that breaks off is used as far as it could be decoded.
  if (frame == begin) {
    if (const std::string error = sound.error(); !error.empty()) throw UnusableAudio("cannot be decoded: " + error);
    throw begin > 0 ? nothing_after(config_.offset_s, static_cast<double>(begin) / sound.rate())
                    : UnusableAudio("no samples");
  }
  if (resampler != nullptr) resampler->finish(mono);
}

int64_t Decoder::pass_over_offset(SoundFile& sound) const {
  const int64_t offset = frames_of(config_.offset_s, sound.rate());
  if (offset == 0) return 0;
  const int64_t passed = offset < sound.frames() ? sound.pass_over(offset) : sound.frames();
  if (passed < offset || passed == sound.frames())
    throw nothing_after(config_.offset_s, static_cast<double>(passed) / sound.rate());
  return passed;
}

Resampler* Decoder::resampler_from(int rate) {
  if (rate == config_.sample_rate) return nullptr;
  if (resamplers_.size() >= kMostResamplers && !resamplers_.contains(rate)) resamplers_.clear();
  Resampler& resampler = resamplers_.try_emplace(rate, rate, config_.sample_rate).first->second;
  resampler.begin();
  return &resampler;
}

}  // namespace foldwave::audio
