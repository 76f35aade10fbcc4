// A file's mono waveform at the configured rate, decoded by the thread that asks.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

#include "audio/input_file.h"
#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "foldwave/audio/audio.h"

namespace foldwave::audio {

class Decoder {
 public:
  // `give_up`, which another thread may set, ends a file at its next block. `most_samples` come out of a file: memory
  // stays bounded where hours of silence take a few bytes.
  Decoder(const AudioConfig& config, const std::atomic<bool>& give_up, int64_t most_samples = int64_t{1} << 30);

  // `mono` is never empty afterwards, and every sample a usable number. Throws UnusableAudio.
  void operator()(const std::filesystem::path& path, std::vector<float>& mono);

 private:
  void decode(SoundFile& sound, std::vector<float>& mono);
  int64_t pass_over_offset(SoundFile& sound) const;  // frames
  Resampler* resampler_from(int rate);  // ready for a new signal; none where the rate is the configured one

  AudioConfig config_;
  const std::atomic<bool>& give_up_;
  int64_t most_samples_;
  ReadAhead ahead_;
  Block block_;
  std::map<int, Resampler> resamplers_;  // by the rate they come from
};

}  // namespace foldwave::audio
