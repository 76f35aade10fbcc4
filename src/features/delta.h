// How a feature moves: librosa.feature.delta, the slope of a line through 9 frames.
#pragma once

#include "foldwave/features/features.h"

namespace foldwave::features {

// [frames, n_mfcc] per frame. At both ends the line through the outermost 9 frames goes on; a track of fewer frames
// (which librosa refuses) is taken to keep its first and last value beyond its ends.
void delta(const Mfcc& mfcc, std::vector<float>& slopes);

}  // namespace foldwave::features
