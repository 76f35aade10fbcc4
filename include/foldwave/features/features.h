// What a model sees of a waveform: mel spectrogram, MFCC and its summary, as librosa 0.11 defines them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "foldwave/core/options.h"

namespace foldwave::features {

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
};
void declare_options(OptionRegistry& registry);          // features.n_fft, .hop_length, ... .lifter, .summary
FeatureConfig feature_config(const Settings& settings);  // throws InputError on a config no signal can satisfy
std::string to_json(const FeatureConfig& config);        // travels in stores and checkpoints
FeatureConfig feature_config_from_json(const std::string& json);

struct MelSpectrogram {
  int frames = 0, n_mels = 0;
  std::vector<float> power;  // [frames, n_mels]
};
struct Mfcc {
  int frames = 0, n_mfcc = 0;
  std::vector<float> values;  // [frames, n_mfcc]
};

int frame_count(int64_t samples, const FeatureConfig& config);  // 1 + samples / hop_length

// Reuses its buffers: one a thread.
class MelExtractor {
 public:
  explicit MelExtractor(const FeatureConfig& config);
  ~MelExtractor();
  MelExtractor(MelExtractor&&) noexcept;
  MelSpectrogram operator()(std::span<const float> mono);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// power_to_db(mel, ref, amin=1e-10, top_db): [frames, n_mels]; top_db below the result's maximum is the floor.
std::vector<float> power_to_db(std::span<const float> power, double ref, double top_db);
float maximum(std::span<const float> values);  // 0 for none

// Orthonormal DCT-II of power_to_db(mel, ref=1).
Mfcc mfcc(const MelSpectrogram& mel, const FeatureConfig& config);

// Mean, standard deviation, minimum, maximum over time, one after the other: [4 * n_mfcc]; and the columns' names
// ("mfcc_00_mean", ...).
std::vector<float> mfcc_summary(const Mfcc& mfcc);
std::vector<std::string> mfcc_summary_names(int n_mfcc);

double mel_bin_of(double hz, const FeatureConfig& config);  // 0: where the first bin's filter peaks, 1: the second's

}  // namespace foldwave::features
