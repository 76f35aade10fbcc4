// A signal moved up or down in pitch, its length kept.
#pragma once

#include <span>
#include <vector>

#include "foldwave/features/time_stretch.h"

namespace foldwave::augment {

// Of a whole waveform, as librosa does it. Training samples, which need no waveform back, are shifted more cheaply: a
// Varispeed, and another hop of the spectrogram (batches/sample.cpp).
// librosa.effects.pitch_shift(mono, n_steps=semitones, res_type="soxr_hq"): stretched in time by a phase vocoder, then
// resampled back to its length. `stretch` gives the vocoder's window (librosa's is the default).
std::vector<float> pitch_shift(std::span<const float> mono, double semitones, features::TimeStretcher& stretch);

}  // namespace foldwave::augment
