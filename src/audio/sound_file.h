// A music file decoded with libsndfile and mixed down to mono, block by block.
#pragma once

#include <sndfile.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audio/input_file.h"

namespace foldwave::audio {

// A block of frames, small enough to stay in the cache from the decoder to the resampler; kept from file to file.
struct Block {
  std::vector<float> interleaved;  // [frames, channels]
  std::vector<float> mono;         // [frames]
};

class SoundFile {
 public:
  SoundFile(InputFile& input, Block& block);  // throws UnusableAudio: not audio, or of no rate that music has

  int rate() const { return info_.samplerate; }    // Hz
  int64_t frames() const { return info_.frames; }  // as the header has it: no more come, fewer may

  // Passes over as many frames, without decoding them where the format can seek exactly; how many there were.
  int64_t pass_over(int64_t frames);
  // The next frames as their mean over channels, at most a block of `limit`; none at the end.
  std::span<const float> read(int64_t limit);
  std::string error() const;  // libsndfile's; empty where there is none

 private:
  void open();
  int64_t read_interleaved(int64_t limit);

  InputFile& input_;
  Block& block_;
  SF_INFO info_{};
  std::unique_ptr<SNDFILE, decltype(&sf_close)> file_{nullptr, &sf_close};
};

}  // namespace foldwave::audio
