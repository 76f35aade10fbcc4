#include "batches/summary_reader.h"

#include "batches/sample_positions.h"

namespace foldwave::batches {

SummaryReader::SummaryReader(const store::FeatureStore& store, const InputConfig& input)
    : store_(store), input_(input) {}

void SummaryReader::operator()(int track, int first_frame, std::span<float> out) {
  if (input_.kind == InputKind::mfcc_summary) return store_.read_mfcc_summary(track, out);
  const auto read = [&](std::span<float> all) {
    if (sample_frames(store_, input_, track) == store_.frames(track)) return store_.read_summary(track, all);
    store_.read_window_summary(track, first_frame, input_.window_frames, all);
  };
  if (input_.columns.empty()) return read(out);
  all_.resize(static_cast<size_t>(store_.summary_columns()));
  read(all_);
  for (size_t i = 0; i < out.size(); ++i) out[i] = all_.at(static_cast<size_t>(input_.columns[i]));
}

}  // namespace foldwave::batches
