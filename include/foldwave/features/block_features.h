// Block-level features of a mel spectrogram: what its bands do together and over time, as Seyerlehner, Widmer and Pohle
// ("Fusing block-level features for music similarity estimation", 2010) summarise it, here on up to 32 bands of mel.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace foldwave::features {

// What they are called, in their order: "spectral_pattern_003_p90". The last part says how a value was taken over the
// blocks of a song (90th percentile, median, mean), the one before it counts a feature's values.
std::vector<std::string> block_feature_names(int n_mels);
int block_feature_count(int n_mels);  // of them

// db: [frames, n_mels] dB re 1, at least one frame. Returns [block_feature_count()]. Blocks are counted in
// frames; a song shorter than a block is one block of what there is.
std::vector<float> block_features(std::span<const float> db, int n_mels);

}  // namespace foldwave::features
