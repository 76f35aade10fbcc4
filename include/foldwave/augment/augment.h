// Pure transforms of a training sample, each with its own key: the same key gives the same sample anywhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "foldwave/core/options.h"
#include "foldwave/core/random.h"

namespace foldwave::augment {

enum class NoiseKind { snr, amplitude };
enum class FilterKind { step, linear };

// One [augment.NAME] section; NAME "none" is always there and does nothing. In the order of the chain. A probability is
// the share of the samples that a transform is applied to; what it then draws is uniform in [min, max].
struct AugmentConfig {
  std::string name = "none";

  // Of the waveform.
  double stretch_probability = 0, stretch_min_rate = 0.8, stretch_max_rate = 1.25;  // 2: twice as fast
  double pitch_probability = 0, pitch_min_semitones = -4, pitch_max_semitones = 4;
  double gain_probability = 0, gain_min_db = -12, gain_max_db = 12;
  // White Gaussian noise, so many dB below the crop's RMS or of a deviation in units of full scale.
  double noise_probability = 0;
  NoiseKind noise_kind = NoiseKind::snr;
  double noise_min_snr_db = 5, noise_max_snr_db = 40;
  double noise_min_amplitude = 0.001, noise_max_amplitude = 0.015;

  // Of the spectrogram in dB. FilterAugment (Nam et al. 2022): each of some random bands of mel bins has a gain of its
  // own, or gains at the bands' edges are joined by straight lines.
  double filter_probability = 0;
  FilterKind filter_kind = FilterKind::step;
  double filter_min_db = -6, filter_max_db = 6;
  int filter_min_bands = 3, filter_max_bands = 6;
  int filter_min_mels = 6;  // least width of a band
  // The crop moved by a share of its length. What leaves at one end comes back at the other, or is lost.
  double shift_probability = 0, shift_min_share = -0.5, shift_max_share = 0.5;
  bool shift_rollover = true;

  // Of the normalised spectrogram. A part of the crop, stretched to the crop's size.
  double resize_probability = 0;
  double resize_min_frames = 0.6, resize_max_frames = 1;  // share of the crop's frames
  double resize_min_mels = 0.6, resize_max_mels = 1;      // share of its mel bins
  // SpecAugment (Park et al. 2019): masks of random width in time and mel frequency, filled with the normalised mean,
  // 0.
  double mask_probability = 1;
  int time_masks = 0, time_mask_frames = 32;  // number; greatest width
  int frequency_masks = 0, frequency_mask_mels = 16;

  // Of the batch. Mixup (Zhang et al. 2018): a share ~ Beta(alpha, alpha) of the sample, the rest of another one.
  double mixup_probability = 0, mixup_alpha = 0.2;

  bool needs_waveform() const {
    return stretch_probability > 0 || pitch_probability > 0 || gain_probability > 0 || noise_probability > 0;
  }
  bool masks() const { return time_masks > 0 || frequency_masks > 0; }
};
void declare_options(OptionRegistry& registry);  // augment.*.noise_probability, ...
AugmentConfig augment_config(const Settings& settings,
                             const std::string& name);  // InputError on a name without a section

// `key.transform` is set by each function; the rest comes from the caller.

// What a key does to a waveform, known before one is read: where it is none(), the stored spectrogram will do.
struct WaveformChange {
  double rate = 1;   // so many times as fast, at the same pitch
  double pitch = 1;  // so many times as high, at the same speed
  double gain = 1;   // of the amplitude
  bool noise = false;

  bool none() const { return rate == 1 && pitch == 1 && gain == 1 && !noise; }
};
WaveformChange draw_waveform_change(const AugmentConfig& config, RandomKey key);
// What draw_waveform_change calls noise: at a signal-to-noise ratio, none on silence.
void add_noise(std::span<float> waveform, const AugmentConfig& config, RandomKey key);

// mel: [frames, n_mels] in dB. What lies at the floor is silence and stays there; nothing falls below it.
void filter_spectrogram(std::span<float> mel, int n_mels, float floor_db, const AugmentConfig& config, RandomKey key);
void shift_spectrogram(std::span<float> mel, int n_mels, float floor_db, const AugmentConfig& config, RandomKey key);

// mel: [frames, n_mels], normalised. `scratch` is memory that goes round.
void resize_part(std::vector<float>& mel, int n_mels, const AugmentConfig& config, RandomKey key,
                 std::vector<float>& scratch);
void mask_spectrogram(std::span<float> mel, int n_mels, const AugmentConfig& config, RandomKey key);

struct Mixup {
  float share = 1;   // of the sample itself; 1: nothing is blended in
  int partner = -1;  // which of the songs the rest comes from
};
Mixup draw_mixup(const AugmentConfig& config, int songs, RandomKey key);
void blend(std::span<float> sample, std::span<const float> partner, float share);

}  // namespace foldwave::augment
