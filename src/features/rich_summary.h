// The rich summary of a track: four statistics of every frame-wise feature.
#pragma once

#include "features/spectral_frames.h"
#include "features/statistics.h"
#include "foldwave/features/features.h"

namespace foldwave::features {

class RichSummary {
 public:
  // Appends one value for each of summary_names().
  void operator()(const LogMel& mel, const Mfcc& mfcc, const SpectralFrames& spectral, std::vector<float>& summary);

 private:
  Statistics statistics_;
  std::vector<float> delta_;
};

}  // namespace foldwave::features
