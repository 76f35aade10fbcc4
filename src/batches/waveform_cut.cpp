#include "batches/waveform_cut.h"

#include <algorithm>
#include <cmath>

namespace foldwave::batches {

WaveformCut cut_for_frames(const store::FeatureStore& store, int track, int first_frame, double last_frame,
                           int64_t margin) {
  const int64_t hop = store.features().hop_length, trim_begin = store.trim_begin(track);
  const int64_t first_centre = trim_begin + first_frame * hop,
                last_centre = trim_begin + static_cast<int64_t>(std::ceil(last_frame * static_cast<double>(hop)));
  const int64_t begin = std::max(trim_begin, first_centre - margin);
  return {begin, std::min(store.trim_end(track), last_centre + margin), first_centre - begin};
}

}  // namespace foldwave::batches
