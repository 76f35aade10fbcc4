// Round frequencies on an axis of mel bins.
#pragma once

#include <string>
#include <vector>

#include "foldwave/features/features.h"

namespace foldwave::report {

struct MelTick {
  double hz = 0;
  double bin = 0;  // where it lies: -0.5, the lower edge of the first bin, to n_mels - 0.5
};
// 0 and powers of two that do not crowd; where fewer than three fit, multiples of a round step. Ascending.
std::vector<MelTick> mel_ticks(const features::FeatureConfig& features);

}  // namespace foldwave::report
