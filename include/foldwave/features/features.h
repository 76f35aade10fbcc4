// What a model sees of a waveform: mel spectrogram, MFCC and its summary, as librosa 0.11 defines them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave::features {

enum class Summary { mfcc, rich };

struct FeatureConfig {
  int sample_rate = 22050;  // Hz
  int n_fft = 2048;         // samples; periodic Hann window of this length, centred frames, zero padding
  int hop_length = 512;     // samples
  int n_mels = 128;
  int n_mfcc = 20;
  double fmin = 0, fmax = 0;  // Hz; fmax 0: half the rate
  bool htk = false;           // HTK's mel scale instead of Slaney's
  bool area_norm = true;      // norm="slaney": filters of unit area
  double power = 2;           // 1: magnitude, 2: power
  double lifter = 0;          // cepstral liftering; 0: none
  double top_db = 80;         // floor below a track's maximum
  Summary summary = Summary::rich;
};
void declare_options(OptionRegistry& registry);          // features.n_fft, .hop_length, ... .lifter, .summary
FeatureConfig feature_config(const Settings& settings);  // throws InputError on a config no signal can satisfy
std::string to_json(const FeatureConfig& config);        // travels in stores and checkpoints
FeatureConfig feature_config_from_json(const std::string& json);

struct MelSpectrogram {
  int frames = 0, n_mels = 0;
  std::vector<float> power;  // [frames, n_mels]
};
// power_to_db(mel, ref=1, amin=1e-10, top_db); in dB re the maximum it is 10 log10(max(1e-10, max_power)) less.
struct LogMel {
  int frames = 0, n_mels = 0;
  std::vector<float> db;  // [frames, n_mels]
  float max_power = 0;
};
struct Mfcc {
  int frames = 0, n_mfcc = 0;
  std::vector<float> values;  // [frames, n_mfcc]
};
// All that is kept of a track.
struct Features {
  LogMel mel;
  Mfcc mfcc;
  std::vector<float> mfcc_summary;  // [4 * n_mfcc]: mean, standard deviation, minimum, maximum over time
  std::vector<float> summary;       // [summary_names().size()]: the rich one; empty with Summary::mfcc
};

int frame_count(int64_t samples, const FeatureConfig& config);  // 1 + samples / hop_length

// Reuses its buffers: one a thread.
class MelExtractor {
 public:
  explicit MelExtractor(const FeatureConfig& config);
  ~MelExtractor();
  MelExtractor(MelExtractor&&) noexcept;
  MelSpectrogram operator()(std::span<const float> mono);
  // Of frames centred on the samples first_centre + t * hop, to the nearest: power [t, n_mels].
  void operator()(std::span<const float> mono, double first_centre, double hop, std::span<float> power);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One pass over a track to everything that is kept of it. Reuses its buffers: one a thread.
class FeatureExtractor {
 public:
  explicit FeatureExtractor(const FeatureConfig& config);
  ~FeatureExtractor();
  FeatureExtractor(FeatureExtractor&&) noexcept;
  void operator()(std::span<const float> mono, Features& features);  // whose vectors keep their room

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// power_to_db(mel, ref, amin=1e-10, top_db): [frames, n_mels]; top_db below the result's maximum is the floor.
std::vector<float> power_to_db(std::span<const float> power, double ref, double top_db);
void power_to_db(std::span<const float> power, double ref, double top_db,
                 std::vector<float>& db);      // which keeps its room
float maximum(std::span<const float> values);  // 0 for none

// Orthonormal DCT-II of power_to_db(mel, ref=1).
Mfcc mfcc(const MelSpectrogram& mel, const FeatureConfig& config);

// Mean, standard deviation, minimum, maximum over time, one after the other: [4 * n_mfcc]; and the columns' names
// ("mfcc_00_mean", ...).
std::vector<float> mfcc_summary(const Mfcc& mfcc);
std::vector<std::string> mfcc_summary_names(int n_mfcc);
std::vector<std::string> summary_names(const FeatureConfig& config);  // of the rich summary; none with Summary::mfcc

// "mfcc_delta_07_p90" -> "mfcc_delta": what a column of the rich summary or of the block features describes.
std::string descriptor_of(const std::string& column);

double mel_bin_of(double hz, const FeatureConfig& config);  // 0: where the first bin's filter peaks, 1: the second's

}  // namespace foldwave::features
