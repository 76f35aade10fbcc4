#include "batches/sample_positions.h"

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

int sample_frames(const store::FeatureStore& store, const InputConfig& input, int track) {
  const int frames = store.frames(track);
  if (input.kind == InputKind::mel) return std::min(frames, input.crop_frames);
  const bool windows = input.kind != InputKind::mfcc_summary && input.window_frames > 0;
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
