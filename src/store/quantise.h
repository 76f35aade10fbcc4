// Samples as they are kept: int16 steps of a size that is the track's own.
#pragma once

#include <cstdint>
#include <span>

namespace foldwave::store {

// Such that the loudest sample takes the last step: the finest that holds the whole track. NaN if a sample is.
float step_size(std::span<const float> waveform);
void quantise(std::span<const float> waveform, float step,
              std::span<int16_t> steps);  // to the nearest; all 0 for step 0

}  // namespace foldwave::store
