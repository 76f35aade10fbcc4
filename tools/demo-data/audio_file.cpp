#include "audio_file.h"

#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "ogg_serial.h"

namespace demo {
namespace {

// A file in memory, behind libsndfile's five callbacks.
struct MemoryFile {
  std::vector<unsigned char> bytes;
  sf_count_t at = 0;
};

MemoryFile& file_of(void* user) { return *static_cast<MemoryFile*>(user); }

sf_count_t memory_length(void* user) { return static_cast<sf_count_t>(file_of(user).bytes.size()); }

sf_count_t memory_seek(sf_count_t offset, int whence, void* user) {
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file_of(user).at : memory_length(user);
  return file_of(user).at = from + offset;
}

sf_count_t memory_read(void* to, sf_count_t count, void* user) {
  MemoryFile& file = file_of(user);
  const sf_count_t got = std::clamp<sf_count_t>(memory_length(user) - file.at, 0, count);
  if (got > 0) std::memcpy(to, file.bytes.data() + file.at, static_cast<std::size_t>(got));
  file.at += got;
  return got;
}

sf_count_t memory_write(const void* from, sf_count_t count, void* user) {
  MemoryFile& file = file_of(user);
  file.bytes.resize(std::max(file.bytes.size(), static_cast<std::size_t>(file.at + count)));
  std::memcpy(file.bytes.data() + file.at, from, static_cast<std::size_t>(count));
  file.at += count;
  return count;
}

sf_count_t memory_tell(void* user) { return file_of(user).at; }

struct SoundFileCloser {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

}  // namespace

std::vector<unsigned char> encode(std::span<const float> interleaved, const Recording& recording,
                                  std::uint32_t ogg_serial) {
  MemoryFile memory;
  SF_VIRTUAL_IO callbacks{memory_length, memory_seek, memory_read, memory_write, memory_tell};
  SF_INFO info{};
  info.samplerate = recording.sample_rate;
  info.channels = recording.channels;
  const bool ogg = recording.container == Container::kOggVorbis;
  info.format = ogg ? SF_FORMAT_OGG | SF_FORMAT_VORBIS : SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  std::unique_ptr<SNDFILE, SoundFileCloser> file(sf_open_virtual(&callbacks, SFM_WRITE, &info, &memory));
  if (!file) throw std::runtime_error(std::string("libsndfile cannot write this format: ") + sf_strerror(nullptr));
  double quality = recording.vorbis_quality;
  if (ogg) sf_command(file.get(), SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
  // libvorbis takes a whole write onto the stack, so small pieces.
  const auto channels = static_cast<std::size_t>(recording.channels);
  const std::size_t frames = interleaved.size() / channels;
  for (std::size_t first = 0; first < frames; first += 4096) {
    const auto count = static_cast<sf_count_t>(std::min<std::size_t>(4096, frames - first));
    if (sf_writef_float(file.get(), interleaved.data() + first * channels, count) != count) {
      throw std::runtime_error(std::string("libsndfile cannot encode: ") + sf_strerror(file.get()));
    }
  }
  file.reset();
  if (ogg) set_ogg_serial(memory.bytes, ogg_serial);
  return std::move(memory.bytes);
}

}  // namespace demo
