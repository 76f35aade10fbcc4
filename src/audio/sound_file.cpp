#include "audio/sound_file.h"

#include <algorithm>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {
namespace {

constexpr size_t kBlockValues = 1 << 14;  // all channels together

// Rates that no recording has would blow a small file up when it is resampled.
constexpr int kLowestRate = 1000, kHighestRate = 1'000'000;  // Hz

InputFile& input_of(void* user) { return *static_cast<InputFile*>(user); }

// Positions that a lying header leads to may be anywhere; there is nothing to be read then.
sf_count_t seek(sf_count_t offset, int whence, void* user) {
  InputFile& input = input_of(user);
  const int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? input.position() : input.size();
  int64_t target = 0;
  if (__builtin_add_overflow(from, offset, &target) || target < 0) return -1;
  input.go_to(target);
  return target;
}

// Our own input, so that libsndfile judges the content alone (by name it takes anything called .gsm or .vox for audio)
// and so that a failed read is told from a file's end.
SF_VIRTUAL_IO virtual_io() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* user) -> sf_count_t { return input_of(user).size(); };
  io.seek = seek;
  io.read = [](void* to, sf_count_t count, void* user) -> sf_count_t {
    return input_of(user).read(static_cast<char*>(to), count);
  };
  io.tell = [](void* user) -> sf_count_t { return input_of(user).position(); };
  return io;
}

// libsndfile ends its messages with a full stop, which does not suit a reason inside a sentence.
std::string message(SNDFILE* file) {
  std::string text = sf_strerror(file);
  while (!text.empty() && (text.back() == '.' || text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

// In MP3 of a variable bit rate libsndfile seeks by a table of a hundred places, and decodes what happens to be there.
bool seeks_exactly(const SF_INFO& info) {
  return info.seekable != 0 && (info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG;
}

template <size_t kChannels>
void mix_down(const float* interleaved, size_t channels_otherwise, std::span<float> mono) {
  const size_t channels = kChannels > 0 ? kChannels : channels_otherwise;
  for (float& sample : mono) {
    float sum = 0;
    for (size_t c = 0; c < channels; ++c) sum += *interleaved++;
    sample = sum / static_cast<float>(channels);
  }
}

}  // namespace

SoundFile::SoundFile(InputFile& input, Block& block) : input_(input), block_(block) { open(); }

void SoundFile::open() {
  SF_VIRTUAL_IO io = virtual_io();
  file_.reset();
  info_ = {};
  input_.go_to(0);
  file_.reset(sf_open_virtual(&io, SFM_READ, &info_, &input_));
  if (!file_) throw UnusableAudio("not audio: " + message(nullptr));
  if (info_.channels < 1) throw UnusableAudio("no channels");
  if (info_.samplerate < kLowestRate || info_.samplerate > kHighestRate)
    throw UnusableAudio("a sample rate of " + std::to_string(info_.samplerate) + " Hz");
  const auto channels = static_cast<size_t>(info_.channels);
  block_.mono.resize(std::max<size_t>(1, kBlockValues / channels));
  block_.interleaved.resize(block_.mono.size() * channels);
}

int64_t SoundFile::pass_over(int64_t frames) {
  if (seeks_exactly(info_)) {
    if (sf_seek(file_.get(), frames, SEEK_SET) == frames) return frames;
    open();  // nobody knows where a seek that failed has led to
  }
  int64_t passed = 0;
  while (passed < frames) {
    const int64_t read = read_interleaved(frames - passed);
    if (read == 0) break;
    passed += read;
  }
  return passed;
}

int64_t SoundFile::read_interleaved(int64_t limit) {
  const int64_t frames = std::min(limit, static_cast<int64_t>(block_.mono.size()));
  return std::max<int64_t>(0, sf_readf_float(file_.get(), block_.interleaved.data(), frames));
}

std::span<const float> SoundFile::read(int64_t limit) {
  const std::span mono = std::span(block_.mono).first(static_cast<size_t>(read_interleaved(limit)));
  const float* const interleaved = block_.interleaved.data();
  const auto channels = static_cast<size_t>(info_.channels);
  if (channels == 1)
    mix_down<1>(interleaved, channels, mono);
  else if (channels == 2)
    mix_down<2>(interleaved, channels, mono);
  else
    mix_down<0>(interleaved, channels, mono);
  return mono;
}

std::string SoundFile::error() const { return sf_error(file_.get()) == SF_ERR_NO_ERROR ? "" : message(file_.get()); }

}  // namespace foldwave::audio
