#include "batches/summary_reader.h"

#include <algorithm>
#include <cmath>

namespace foldwave::batches {
namespace {

// Windows overlap by half, so that each moment of a song is seen twice; more than this of one song tell little new.
constexpr int most_windows = 64;

int window_count(int frames, int window) {
  const int half = std::max(1, window / 2);
  return std::min(most_windows, 1 + (frames - window + half - 1) / half);
}

}  // namespace

SummaryReader::SummaryReader(const store::FeatureStore& store, const InputConfig& input)
    : store_(store), input_(input) {
  if (input.kind == InputKind::rich_summary && input.window_frames > 0) extract_.emplace(store.features());
}

void SummaryReader::operator()(int track, int first_frame, std::span<float> out) {
  if (input_.kind == InputKind::mfcc_summary) return store_.read_mfcc_summary(track, out);
  const bool whole = !extract_ || store_.frames(track) <= input_.window_frames;
  if (whole && input_.columns.empty()) return store_.read_summary(track, out);
  if (whole) {
    all_.resize(static_cast<size_t>(store_.summary_columns()));
    store_.read_summary(track, all_);
  } else {
    of_window(track, first_frame);
  }
  const std::vector<float>& from = whole ? all_ : features_.summary;
  if (input_.columns.empty()) {
    std::copy(from.begin(), from.end(), out.begin());
  } else {
    for (size_t i = 0; i < out.size(); ++i) out[i] = from.at(static_cast<size_t>(input_.columns[i]));
  }
}

void SummaryReader::of_window(int track, int first_frame) {
  const int64_t hop = store_.features().hop_length;
  const int64_t begin = store_.trim_begin(track) + first_frame * hop;
  const int64_t end = std::min(store_.trim_end(track), begin + input_.window_frames * hop);
  waveform_.resize(static_cast<size_t>(end - begin));
  store_.read_waveform(track, begin, waveform_);
  (*extract_)(waveform_, features_);
}

int sample_frames(const store::FeatureStore& store, const InputConfig& input, int track) {
  const int frames = store.frames(track);
  if (input.kind == InputKind::mel) return std::min(frames, input.crop_frames);
  const bool windows = input.kind == InputKind::rich_summary && input.window_frames > 0;
  return windows ? std::min(frames, input.window_frames) : frames;
}

int sample_count(const store::FeatureStore& store, const InputConfig& input, int track, int crops) {
  const int frames = store.frames(track), own = sample_frames(store, input, track);
  if (own == frames) return 1;
  return input.kind == InputKind::mel ? crops : window_count(frames, own);
}

// As numpy's round(linspace(0, room, samples)); a single one lies in the middle.
int sample_position(const store::FeatureStore& store, const InputConfig& input, int track, int sample, int samples) {
  const int room = store.frames(track) - sample_frames(store, input, track);
  if (samples == 1) return room / 2;
  return static_cast<int>(std::nearbyint(static_cast<double>(room) * sample / (samples - 1)));
}

}  // namespace foldwave::batches
