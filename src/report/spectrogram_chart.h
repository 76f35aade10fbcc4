// A mel spectrogram with its axes: time, frequency, and level in dB as colour.
#pragma once

#include "foldwave/report/explore.h"
#include "report/gnuplot.h"

namespace foldwave::report {

struct SpectrogramLayout {
  int width = 1000, height = 480;           // CSS pixels
  int top = 0;                              // of them: left free for a heading
  int left = 78, right = 120, bottom = 56;  // and for the axes and the colours' scale
  int most_columns = 1720;  // frames of a longer track are averaged to so many columns, a pixel of the file each
  int colours = 256;        // shades; with fewer the file is smaller
  bool scale_named = true;  // beside the frequencies: whose mel scale it is
};
Chart chart_of(const Spectrogram& spectrogram, const features::FeatureConfig& features,
               const SpectrogramLayout& layout);

}  // namespace foldwave::report
