// Pure transforms of a training sample, each with its own key: the same key gives the same sample anywhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "foldwave/core/options.h"
#include "foldwave/core/random.h"

namespace foldwave::augment {

// One [augment.NAME] section; NAME "none" is always there and does nothing.
struct AugmentConfig {
  std::string name = "none";
  // Gaussian noise on the waveform, at a signal-to-noise ratio drawn from [min, max] dB.
  double noise_probability = 0, noise_min_snr_db = 5, noise_max_snr_db = 40;
  // SpecAugment (Park et al. 2019): masks of random width in time and mel frequency, filled with the normalised mean,
  // 0.
  double mask_probability = 1;
  int time_masks = 0, time_mask_frames = 32;  // number; greatest width
  int frequency_masks = 0, frequency_mask_mels = 16;

  bool needs_waveform() const { return noise_probability > 0; }
  bool masks() const { return time_masks > 0 || frequency_masks > 0; }
};
void declare_options(OptionRegistry& registry);  // augment.*.noise_probability, ...
AugmentConfig augment_config(const Settings& settings,
                             const std::string& name);  // InputError on a name without a section

// `key.transform` is set by each function; the rest comes from the caller.

// Whether add_noise has anything to do for this key: if not, the caller need not make a waveform at all.
bool adds_noise(const AugmentConfig& config, RandomKey key);
// White Gaussian noise, so many dB below the RMS of the stretch given; none on silence.
void add_noise(std::span<float> waveform, const AugmentConfig& config, RandomKey key);
// mel: [frames, n_mels], normalised.
void mask_spectrogram(std::span<float> mel, int n_mels, const AugmentConfig& config, RandomKey key);

}  // namespace foldwave::augment
