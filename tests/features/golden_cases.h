// The librosa reference that the tests compare with: its signals and its three parameter sets (tests/golden/cut.py).
#pragma once

#include <string>
#include <vector>

#include "foldwave/features/features.h"
#include "foldwave/formats/hdf5.h"

namespace foldwave::features {

inline const std::vector<std::string> golden_signals = {"chirp",      "noise",   "padded_tone", "short",
                                                        "one_sample", "silence", "clicks"};

inline formats::Hdf5File open_golden() { return formats::Hdf5File::open(FOLDWAVE_GOLDEN "/librosa.h5"); }

inline FeatureConfig golden_config(int set) {
  FeatureConfig config;
  if (set == 1) {
    config.n_fft = 1024;
    config.hop_length = 256;
    config.n_mels = 64;
    config.fmin = 50;
    config.fmax = 8000;
    config.htk = true;
    config.area_norm = false;
  }
  if (set == 2) {
    config.hop_length = 441;
    config.n_mels = 80;
    config.fmin = 20;
    config.power = 1;
  }
  return config;
}

// librosa's [rows, frames] as ours, [frames, rows].
inline std::vector<float> read_transposed(const formats::Hdf5File& file, const std::string& name) {
  const auto values = file.read<float>(name);
  const size_t rows = file.shape(name)[0], frames = file.shape(name)[1];
  std::vector<float> transposed(values.size());
  for (size_t row = 0; row < rows; ++row) {
    for (size_t frame = 0; frame < frames; ++frame) transposed[frame * rows + row] = values[row * frames + frame];
  }
  return transposed;
}

}  // namespace foldwave::features
