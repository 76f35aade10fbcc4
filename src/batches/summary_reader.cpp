#include "batches/summary_reader.h"

#include "batches/descriptors.h"
#include "batches/sample_positions.h"

namespace foldwave::batches {

SummaryReader::SummaryReader(const store::FeatureStore& store, const InputConfig& input)
    : store_(store), input_(input) {}

void SummaryReader::operator()(int track, int first_frame, std::span<float> out) {
  if (input_.kind == InputKind::mfcc_summary) return store_.read_mfcc_summary(track, out);
  if (input_.columns.empty()) return read_all(track, first_frame, out);
  if (all_.empty()) all_.resize(static_cast<size_t>(all_columns(store_, input_.kind)));
  read_all(track, first_frame, all_);
  for (size_t i = 0; i < out.size(); ++i) out[i] = all_.at(static_cast<size_t>(input_.columns[i]));
}

void SummaryReader::read_all(int track, int first_frame, std::span<float> out) const {
  const int frames = sample_frames(store_, input_, track);
  if (input_.kind == InputKind::block_features) return store_.read_block_features(track, first_frame, frames, out);
  if (frames == store_.frames(track)) return store_.read_summary(track, out);
  store_.read_window_summary(track, first_frame, frames, out);
}

}  // namespace foldwave::batches
