#include "batches/sample.h"

#include <algorithm>
#include <limits>
#include <string>

#include "batches/waveform_cut.h"
#include "foldwave/core/errors.h"

namespace foldwave::batches {
namespace {

int draw_crop(int frames, int crop_frames, RandomKey key) {
  if (frames <= crop_frames) return 0;
  key.transform = draw::crop;
  return static_cast<int>(Random(key).below(static_cast<uint64_t>(frames - crop_frames) + 1));
}

}  // namespace

std::vector<int64_t> batch_shape(const store::FeatureStore& store, const InputConfig& input, int n) {
  const int columns = input_columns(store, input);
  if (input.kind == InputKind::mel) return {n, 1, columns, input.crop_frames};
  return {n, columns};
}

size_t sample_size(const store::FeatureStore& store, const InputConfig& input) {
  const auto columns = static_cast<size_t>(input_columns(store, input));
  return input.kind == InputKind::mel ? columns * static_cast<size_t>(input.crop_frames) : columns;
}

SampleMaker::SampleMaker(const store::FeatureStore& store, const InputConfig& input,
                         const augment::AugmentConfig& augment)
    : store_(store),
      input_(input),
      augment_(augment),
      n_mels_(static_cast<size_t>(store.features().n_mels)),
      summary_(store, input) {
  const auto columns = static_cast<size_t>(input_columns(store, input));
  if (input.normalisation.mean.size() != columns || input.normalisation.std.size() != columns) {
    throw InputError("the input's normalisation is for " + std::to_string(input.normalisation.mean.size()) +
                     " columns, but the feature store has " + std::to_string(columns));
  }
  for (const float deviation : input.normalisation.std) inverse_std_.push_back(1 / deviation);
  if (input.kind != InputKind::mel) return;
  mel_.resize(static_cast<size_t>(input.crop_frames) * n_mels_);
  if (augment.needs_waveform()) extractor_.emplace(store.features());
}

void SampleMaker::training(int track, const RandomKey& key, std::span<float> out) {
  if (input_.kind != InputKind::mel) return summary(track, draw_window(track, key), out);
  const int frames = sample_frames(store_, input_, track);
  const int first_frame = draw_crop(store_.frames(track), frames, key);
  if (augment::adds_noise(augment_, key)) {
    make_noisy(track, first_frame, frames, key);
  } else {
    read_stored(track, first_frame, frames);
  }
  pad_and_normalise(frames);
  augment::mask_spectrogram(mel_, static_cast<int>(n_mels_), augment_, key);
  transpose(out);
}

// One of those that prediction asks about: there are few of them, and the store keeps what was made.
int SampleMaker::draw_window(int track, RandomKey key) const {
  const int windows = sample_count(store_, input_, track, 1);
  key.transform = draw::crop;
  const auto window = static_cast<int>(Random(key).below(static_cast<uint64_t>(windows)));
  return sample_position(store_, input_, track, window, windows);
}

void SampleMaker::plain(int track, int first_frame, std::span<float> out) {
  if (input_.kind != InputKind::mel) return summary(track, first_frame, out);
  const int frames = std::min(store_.frames(track) - first_frame, input_.crop_frames);
  read_stored(track, first_frame, frames);
  pad_and_normalise(frames);
  transpose(out);
}

void SampleMaker::read_stored(int track, int first_frame, int frames) {
  store_.read_mel_db(track, first_frame, std::span(mel_).first(static_cast<size_t>(frames) * n_mels_));
}

// In dB re the maximum of the track as it is stored, with the same floor.
void SampleMaker::make_noisy(int track, int first_frame, int frames, const RandomKey& key) {
  const WaveformCut cut = cut_for_frames(store_, track, first_frame, frames);
  waveform_.resize(static_cast<size_t>(cut.end - cut.begin));
  store_.read_waveform(track, cut.begin, waveform_);
  augment::add_noise(waveform_, augment_, key);
  const features::MelSpectrogram mel = (*extractor_)(waveform_);
  const auto wanted = std::span(mel.power).subspan(static_cast<size_t>(cut.skipped_frames) * n_mels_,
                                                   static_cast<size_t>(frames) * n_mels_);
  const std::vector<float> db =
      features::power_to_db(wanted, store_.mel_ref(track), std::numeric_limits<double>::infinity());
  const auto floor = static_cast<float>(-store_.features().top_db);
  std::transform(db.begin(), db.end(), mel_.begin(), [floor](float value) { return std::max(floor, value); });
}

void SampleMaker::pad_and_normalise(int frames) {
  const auto floor = static_cast<float>(-store_.features().top_db);
  std::fill(mel_.begin() + static_cast<std::ptrdiff_t>(frames) * static_cast<std::ptrdiff_t>(n_mels_), mel_.end(),
            floor);
  const float *mean = input_.normalisation.mean.data(), *inverse = inverse_std_.data();
  for (size_t begin = 0; begin < mel_.size(); begin += n_mels_) {
    float* frame = mel_.data() + begin;
    for (size_t bin = 0; bin < n_mels_; ++bin) frame[bin] = (frame[bin] - mean[bin]) * inverse[bin];
  }
}

// In tiles that fit the cache: [crop_frames, n_mels] -> [n_mels, crop_frames].
void SampleMaker::transpose(std::span<float> out) const {
  constexpr size_t tile = 16;
  const size_t frames = mel_.size() / n_mels_;
  for (size_t bin0 = 0; bin0 < n_mels_; bin0 += tile) {
    for (size_t frame0 = 0; frame0 < frames; frame0 += tile) {
      const size_t bin_end = std::min(bin0 + tile, n_mels_), frame_end = std::min(frame0 + tile, frames);
      for (size_t bin = bin0; bin < bin_end; ++bin) {
        for (size_t frame = frame0; frame < frame_end; ++frame) out[bin * frames + frame] = mel_[frame * n_mels_ + bin];
      }
    }
  }
}

void SampleMaker::summary(int track, int first_frame, std::span<float> out) {
  summary_(track, first_frame, out);
  for (size_t i = 0; i < out.size(); ++i) out[i] = (out[i] - input_.normalisation.mean[i]) * inverse_std_[i];
}

}  // namespace foldwave::batches
