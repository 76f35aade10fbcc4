#include "foldwave/audio/audio.h"

namespace foldwave::audio {

Waveform load(const std::filesystem::path& path, const AudioConfig& config) {
  Waveform wave{{}, config.sample_rate};
  Loader loader(config);
  loader(path, wave.samples);
  return wave;
}

}  // namespace foldwave::audio
