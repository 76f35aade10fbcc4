// Which frames of a song its samples cover: crops of its spectrogram, windows of its summary.
#pragma once

#include "foldwave/batches/batches.h"

namespace foldwave::batches {

// Frames that a sample covers; all of the song where it has no more than that.
int sample_frames(const store::FeatureStore& store, const InputConfig& input, int track);
// Samples of a song that prediction asks about, spread evenly over it, and the first frame of one.
int sample_count(const store::FeatureStore& store, const InputConfig& input, int track, int crops);
int sample_position(const store::FeatureStore& store, const InputConfig& input, int track, int sample, int samples);

}  // namespace foldwave::batches
