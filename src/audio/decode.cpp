#include "audio/decode.h"

#include <fcntl.h>
#include <sndfile.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <system_error>

namespace foldwave::audio {
namespace {

constexpr size_t kBlockValues = size_t{1} << 16;  // floats decoded at a time, all channels together

// Rates that no recording has would blow a small file up when it is resampled.
constexpr int kLowestRate = 1000, kHighestRate = 1'000'000;  // Hz

// Beyond this (full scale is 1, or 2^31 in files of unscaled integers) powers would overflow in float.
constexpr float kLargestSample = 1e12F;

using SoundFile = std::unique_ptr<SNDFILE, decltype(&sf_close)>;

// libsndfile ends its messages with a full stop, which does not suit a reason inside a sentence.
std::string message(SNDFILE* file) {
  std::string text = sf_strerror(file);
  while (!text.empty() && (text.back() == '.' || text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

void require_regular_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) throw UnusableAudio("no such file");
  if (error) throw UnusableAudio("cannot be opened: " + error.message());
  if (std::filesystem::is_directory(status)) throw UnusableAudio("a directory, not a file");
  if (!std::filesystem::is_regular_file(status)) throw UnusableAudio("not a regular file");
  if (std::filesystem::file_size(path, error) == 0 && !error) throw UnusableAudio("an empty file");
}

// By descriptor, so that libsndfile judges the content alone: by name it takes anything called .gsm or .vox for audio.
SoundFile open_sound(const std::filesystem::path& path, SF_INFO& info) {
  require_regular_file(path);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw UnusableAudio(std::string("cannot be opened: ") + std::strerror(errno));
  SoundFile file(sf_open_fd(descriptor, SFM_READ, &info, SF_TRUE), &sf_close);  // closes the descriptor on failure too
  if (!file) throw UnusableAudio("not audio: " + message(nullptr));
  if (info.channels < 1) throw UnusableAudio("no channels");
  if (info.samplerate < kLowestRate || info.samplerate > kHighestRate) {
    throw UnusableAudio("a sample rate of " + std::to_string(info.samplerate) + " Hz");
  }
  return file;
}

void append_mono(std::span<const float> interleaved, size_t channels, std::vector<float>& mono) {
  const size_t before = mono.size(), frames = interleaved.size() / channels;
  mono.resize(before + frames);
  float* out = mono.data() + before;
  const float* value = interleaved.data();
  for (size_t i = 0; i < frames; ++i) {
    float sum = 0;
    for (size_t c = 0; c < channels; ++c) sum += *value++;
    out[i] = sum / static_cast<float>(channels);
  }
}

void require_numbers(std::span<const float> samples) {
  const auto bad = std::ranges::find_if(samples, [](float x) { return !(std::abs(x) <= kLargestSample); });
  if (bad == samples.end()) return;
  const std::string sample = "sample " + std::to_string(bad - samples.begin());
  if (std::isnan(*bad)) throw UnusableAudio(sample + " is not a number");
  if (std::isinf(*bad)) throw UnusableAudio(sample + " is infinite");
  throw UnusableAudio(sample + " is out of any range: " + std::to_string(*bad));
}

// As many frames as librosa.load(duration=max_seconds) reads.
int64_t frame_limit(double max_seconds, int rate) {
  const double frames = std::floor(max_seconds * rate);
  if (max_seconds <= 0 || !(frames < 9e18)) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(frames);
}

}  // namespace

Waveform decode(const std::filesystem::path& path, double max_seconds) {
  SF_INFO info{};
  const SoundFile file = open_sound(path, info);
  const auto channels = static_cast<size_t>(info.channels);
  const auto block_frames = static_cast<int64_t>(std::max<size_t>(1, kBlockValues / channels));
  std::vector<float> block(static_cast<size_t>(block_frames) * channels);

  Waveform wave{{}, info.samplerate};
  int64_t left = frame_limit(max_seconds, info.samplerate);
  while (left > 0) {
    const int64_t read = sf_readf_float(file.get(), block.data(), std::min(left, block_frames));
    if (read <= 0) break;
    append_mono(std::span(block).first(static_cast<size_t>(read) * channels), channels, wave.samples);
    left -= read;
  }
  // A file that breaks off is used as far as it could be decoded.
  if (wave.samples.empty()) {
    throw UnusableAudio(sf_error(file.get()) == SF_ERR_NO_ERROR ? "no samples"
                                                                : "cannot be decoded: " + message(file.get()));
  }
  require_numbers(wave.samples);
  return wave;
}

}  // namespace foldwave::audio
