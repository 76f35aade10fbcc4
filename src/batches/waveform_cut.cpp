#include "batches/waveform_cut.h"

#include <algorithm>

namespace foldwave::batches {

WaveformCut cut_for_frames(const store::FeatureStore& store, int track, int first_frame, int frames) {
  const int64_t hop = store.features().hop_length, half_window = store.features().n_fft / 2;
  const int margin_frames = static_cast<int>((half_window + hop - 1) / hop);
  const int begin_frame = std::max(0, first_frame - margin_frames);
  const int64_t last_centre = (static_cast<int64_t>(first_frame) + frames - 1) * hop;
  const int64_t trim_begin = store.trim_begin(track), trim_end = store.trim_end(track);
  return {trim_begin + begin_frame * hop, std::min(trim_end, trim_begin + last_centre + half_window),
          first_frame - begin_frame};
}

}  // namespace foldwave::batches
