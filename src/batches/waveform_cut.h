// Which samples of a track some frames of its mel spectrogram are made of.
#pragma once

#include <cstdint>

#include "foldwave/store/store.h"

namespace foldwave::batches {

struct WaveformCut {
  int64_t begin = 0, end = 0;  // samples of the track's waveform
  int64_t first_centre = 0;    // of the cut: where the first frame is centred
};

// Of frames centred from first_frame to last_frame (which may lie between two) with `margin` samples on both sides, but
// never beyond the trimmed track: where the cut ends short of a margin, the stored frames saw zeros too.
WaveformCut cut_for_frames(const store::FeatureStore& store, int track, int first_frame, double last_frame,
                           int64_t margin);

}  // namespace foldwave::batches
