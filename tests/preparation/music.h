// A folder of short tones at 8 kHz, as a catalogue.
#pragma once

#include <sndfile.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "../formats/temporary_folder.h"
#include "foldwave/catalog/catalog.h"

namespace foldwave::preparation {

inline void write_wav(const std::filesystem::path& path, const std::vector<float>& samples) {
  SF_INFO info{};
  info.samplerate = 8000;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) throw std::runtime_error(sf_strerror(nullptr));
  sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

inline void write_tone(const std::filesystem::path& path, double frequency, double seconds) {
  std::vector<float> samples(static_cast<size_t>(seconds * 8000));
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<float>(0.5 * std::sin(2 * M_PI * frequency * static_cast<double>(i) / 8000));
  write_wav(path, samples);
}

class Music {
 public:
  explicit Music(int tracks) {
    catalog_.root = folder_.path();
    catalog_.class_ids = {"0"};
    for (int i = 0; i < tracks; ++i) {
      const std::string name = "tone" + std::to_string(i) + ".wav";
      write_tone(folder_ / name, 200 + 50 * i, 0.5 + 0.1 * i);
      catalog_.tracks.push_back({std::to_string(i), name});
      catalog_.train.push_back(i);
      catalog_.label.push_back(0);
    }
  }
  const catalog::Catalog& catalog() const { return catalog_; }
  catalog::Catalog& catalog() { return catalog_; }
  std::filesystem::path file(int track) const { return catalog_.file_of(track); }

 private:
  TemporaryFolder folder_;
  catalog::Catalog catalog_;
};

}  // namespace foldwave::preparation
