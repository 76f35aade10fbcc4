// What describes a frame of the waveform itself: librosa.feature.zero_crossing_rate and rms; centred frames.
#pragma once

#include <span>
#include <vector>

namespace foldwave::features {

// Share of the frame's samples that differ in sign from the one before; the first and last sample go on beyond the
// ends.
void zero_crossing_rates(std::span<const float> mono, int frame_length, int hop_length, std::vector<float>& rates);
// With zeros beyond the ends.
void root_mean_squares(std::span<const float> mono, int frame_length, int hop_length, std::vector<float>& rms);

}  // namespace foldwave::features
