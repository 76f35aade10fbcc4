// A music file as a mono waveform at one rate, and where it is not silent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "foldwave/core/errors.h"
#include "foldwave/core/options.h"

namespace foldwave::audio {

struct AudioConfig {
  int sample_rate = 22050;       // Hz, of what comes out
  double offset_s = 0;           // of the file that is passed over
  double max_seconds = 0;        // of the file, from there; 0: all
  double file_timeout_s = 120;   // no file is waited for longer
  double trim_db = 60;           // below the loudest frame's RMS a frame is silent
  int trim_frame_length = 2048;  // samples
  int trim_hop_length = 512;     // samples
};
void declare_options(OptionRegistry& registry);  // features.sample_rate, .max_seconds, .trim_db
AudioConfig audio_config(const Settings& settings);

struct Waveform {
  std::vector<float> samples;  // mono: mean over channels
  int sample_rate = 0;         // Hz
};

// The file cannot be used; what() is the reason alone ("not audio: ...", "no samples", "sample 123 is not a number").
class UnusableAudio : public Error {
 public:
  using Error::Error;
};

// One a thread; keeps its buffers from file to file. Decodes with libsndfile, mixes down, resamples with soxr HQ (as
// librosa.load(..., offset, duration, res_type="soxr_hq")), block by block: memory stays in proportion to what comes
// out, whatever a file's header says. A file that is not done in time is left to itself in a thread of its own.
class Loader {
 public:
  explicit Loader(const AudioConfig& config);
  ~Loader();
  Loader(Loader&&) noexcept;
  void operator()(const std::filesystem::path& path, std::vector<float>& mono);  // throws UnusableAudio

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Decodes with libsndfile, mixes down, resamples with soxr HQ (as librosa.load(..., res_type="soxr_hq")). Memory stays
// in proportion to what is really in the file, whatever its header says. Throws UnusableAudio.
Waveform load(const std::filesystem::path& path, const AudioConfig& config);

// librosa.resample(mono, res_type="soxr_hq"): ceil(samples * to / from) samples, amplitude kept. Rates may be
// fractional.
std::vector<float> resample(std::span<const float> mono, double from_rate, double to_rate);

struct Span {
  int64_t begin = 0, end = 0;  // samples [begin, end)
};
// librosa.effects.trim: from the first to the last frame whose RMS is above the loudest frame's minus trim_db.
Span trim(std::span<const float> mono, const AudioConfig& config);

}  // namespace foldwave::audio
