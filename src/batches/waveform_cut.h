// Which samples of a track some of its mel frames are made of.
#pragma once

#include <cstdint>

#include "foldwave/store/store.h"

namespace foldwave::batches {

struct WaveformCut {
  int64_t begin = 0, end = 0;  // samples of the track's waveform
  int skipped_frames = 0;      // frames of the cut before the first one wanted
};

// The cut begins at a multiple of the hop and has half a window to spare on both sides, but ends where the trimmed
// track does: so its centred STFT has, from skipped_frames on, the very frames [first, first + frames) of the whole
// trimmed track's.
WaveformCut cut_for_frames(const store::FeatureStore& store, int track, int first_frame, int frames);

}  // namespace foldwave::batches
