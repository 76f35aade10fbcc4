#include "audio/decode.h"
#include "foldwave/audio/audio.h"

namespace foldwave::audio {

Waveform load(const std::filesystem::path& path, const AudioConfig& config) {
  Waveform wave = decode(path, config.max_seconds);
  if (wave.sample_rate != config.sample_rate) {
    wave.samples = resample(wave.samples, wave.sample_rate, config.sample_rate);
    wave.sample_rate = config.sample_rate;
  }
  return wave;
}

}  // namespace foldwave::audio
