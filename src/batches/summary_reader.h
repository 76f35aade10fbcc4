// Summaries of songs as an input takes them: whole or window by window, all columns or some.
#pragma once

#include <span>
#include <vector>

#include "foldwave/batches/batches.h"

namespace foldwave::batches {

// Reuses its buffers: one a thread. Borrows store and input.
class SummaryReader {
 public:
  SummaryReader(const store::FeatureStore& store, const InputConfig& input);
  // As the features are, not normalised; from the store where the window holds the whole song. out: [input_columns]
  void operator()(int track, int first_frame, std::span<float> out);

 private:
  const store::FeatureStore& store_;
  const InputConfig& input_;
  std::vector<float> all_;  // columns, where some are picked
};

// Frames that a sample covers; all of the song where it has no more than that.
int sample_frames(const store::FeatureStore& store, const InputConfig& input, int track);
// Samples of a song that prediction asks about, spread evenly over it, and the first frame of one.
int sample_count(const store::FeatureStore& store, const InputConfig& input, int track, int crops);
int sample_position(const store::FeatureStore& store, const InputConfig& input, int track, int sample, int samples);

// [input_columns] 1 / sqrt(columns of the same descriptor).
std::vector<float> descriptor_weights(const store::FeatureStore& store, const InputConfig& input);

}  // namespace foldwave::batches
