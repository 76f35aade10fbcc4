// Sound files to be read back, in every format that libsndfile writes.
#pragma once

#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "foldwave/audio/audio.h"

namespace foldwave::audio {

struct Format {
  std::string name;
  int code;           // SF_FORMAT_...
  int most_channels;  // that it takes, of 8
  double error;       // of a tone, RMS, relative to the tone's: from the bits of a sample, or what the codec reaches
  std::vector<int> rates = {4000, 8000, 11025, 22050, 44100, 48000, 96000, 192000};
};

inline void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

inline std::string identifier(const Format& format) {  // for a test's name
  std::string name = format.name;
  std::ranges::replace_if(
      name, [](char c) { return c == ' ' || c == '-'; }, '_');
  return name;
}

inline const std::vector<Format>& formats() {
  static const std::vector<Format> all = {
      {"wav 8 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8, 2e-2},
      {"wav 16 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8, 3e-4},
      {"wav 24 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 8, 1e-6},
      {"wav 32 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 8, 1e-6},
      {"wav float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8, 1e-6},
      {"wav double", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 8, 1e-6},
      {"wav mu-law", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8, 3e-2},
      {"wav a-law", SF_FORMAT_WAV | SF_FORMAT_ALAW, 8, 3e-2},
      {"wav ima adpcm", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 2, 0.1},
      {"wav ms adpcm", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, 2, 0.1},
      {"wav gsm", SF_FORMAT_WAV | SF_FORMAT_GSM610, 1, 0.3, {8000}},  // the one that cannot seek
      {"wavex", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 8, 1e-6},
      {"rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 8, 3e-4},
      {"w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 8, 3e-4},
      {"flac 16 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 8, 3e-4},
      {"flac 24 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 8, 1e-6},
      {"aiff 16 bit", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 8, 3e-4},
      {"aiff float", SF_FORMAT_AIFF | SF_FORMAT_FLOAT, 8, 1e-6},
      {"au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 8, 3e-4},
      {"caf", SF_FORMAT_CAF | SF_FORMAT_PCM_24, 8, 1e-6},
      {"caf alac", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 8, 3e-4},
      {"vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 8, 0.1, {8000, 11025, 22050, 44100, 48000, 96000, 192000}},
      {"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 8, 0.15, {8000, 12000, 16000, 24000, 48000}},
      {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 2, 0.1, {8000, 11025, 22050, 32000, 44100, 48000}},
  };
  return all;
}

constexpr int kFloatWav = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
constexpr int kFlac = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
constexpr int kVorbis = SF_FORMAT_OGG | SF_FORMAT_VORBIS;

inline void write(const std::filesystem::path& path, int format, int rate, int channels,
                  const std::vector<float>& interleaved) {
  SF_INFO info{};
  info.format = format;
  info.samplerate = rate;
  info.channels = channels;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr) << path << ": " << sf_strerror(nullptr);
  const auto frames = static_cast<sf_count_t>(interleaved.size()) / channels;
  for (sf_count_t done = 0; done < frames;) {  // libvorbis keeps what it is given at once on the stack
    const sf_count_t block = std::min<sf_count_t>(frames - done, 10'000);
    ASSERT_EQ(sf_writef_float(file, interleaved.data() + done * channels, block), block);
    done += block;
  }
  ASSERT_EQ(sf_close(file), 0);
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::vector<float> tone(int rate, double seconds, double frequency = 440) {
  std::vector<float> samples(static_cast<size_t>(rate * seconds));
  for (size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / rate));
  }
  return samples;
}

// Noise, so that compressed files are long enough to be cut anywhere.
inline std::vector<float> noise(size_t count) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(-0.5F, 0.5F);
  std::vector<float> samples(count);
  for (float& sample : samples) sample = uniform(generator);
  return samples;
}

inline std::vector<float> load_mono(const std::filesystem::path& path, const AudioConfig& config = {}) {
  std::vector<float> mono;
  Loader loader(config);
  loader(path, mono);
  return mono;
}
inline AudioConfig at_rate(int sample_rate) {
  AudioConfig config;
  config.sample_rate = sample_rate;
  return config;
}

// Why the file is unusable; "usable" if it is not.
inline std::string reason(const std::filesystem::path& path, const AudioConfig& config = {}) {
  try {
    load_mono(path, config);
  } catch (const UnusableAudio& error) {
    return error.what();
  }
  return "usable";
}

}  // namespace foldwave::audio
