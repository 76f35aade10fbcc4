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
  void read_all(int track, int first_frame, std::span<float> out) const;

  const store::FeatureStore& store_;
  const InputConfig& input_;
  std::vector<float> all_;  // columns, where some are picked
};

}  // namespace foldwave::batches
