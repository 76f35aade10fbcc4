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
  double offset_s = 0;           // of the file, passed over
  double max_seconds = 0;        // of the file, read from there; 0: all
  double file_timeout_s = 120;   // no file is waited for longer
  double trim_db = 60;           // below the loudest frame's RMS a frame is silent
  int trim_frame_length = 2048;  // samples
  int trim_hop_length = 512;     // samples
};
// features.sample_rate, .offset_seconds, .max_seconds, .file_timeout_s, .trim_db
void declare_options(OptionRegistry& registry);
AudioConfig audio_config(const Settings& settings);

// The file cannot be used; what() is the reason alone: "no such file", "not audio: ...", "cannot be decoded: ...",
// "sample 123 is not a number". Not the content's fault, so that another try may go well: "cannot be opened: ...",
// "cannot be read: ..." with the system's reason, "changed while it was read", "took longer than ...".
class UnusableAudio : public Error {
 public:
  using Error::Error;
};

// A file as the mono waveform of librosa.load(path, sr=sample_rate, offset=..., duration=..., res_type="soxr_hq").
// Decoded with libsndfile, mixed down and resampled with soxr HQ block by block: memory stays in proportion to what
// comes out, whatever a file's header says. A file that breaks off is used as far as it goes.
//
// Keeps its buffers from file to file; one a thread. The file is read in a thread of its own, as its CrashSubject; if
// that hangs beyond the time limit, it is left to itself with all that it holds.
class Loader {
 public:
  explicit Loader(const AudioConfig& config);
  ~Loader();
  Loader(Loader&&) noexcept;

  // `mono` is never empty afterwards, and its memory is reused. Throws UnusableAudio; SystemError where file after file
  // hangs; Stopped where the stop flag is raised while a file takes long.
  void operator()(const std::filesystem::path& path, std::vector<float>& mono);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Decodes a file with libsndfile alone and drops what comes: what a benchmark compares with. Throws UnusableAudio.
void decode_only(const std::filesystem::path& path);

// librosa.resample(mono, res_type="soxr_hq"): ceil(samples * to / from) samples, amplitude kept. Rates may be
// fractional.
std::vector<float> resample(std::span<const float> mono, double from_rate, double to_rate);

struct Span {
  int64_t begin = 0, end = 0;  // samples [begin, end)
};
// librosa.effects.trim: from the first to the last frame whose RMS is above the loudest frame's minus trim_db.
Span trim(std::span<const float> mono, const AudioConfig& config);

}  // namespace foldwave::audio
