#include "batches/sample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "batches/descriptors.h"
#include "batches/sample_positions.h"
#include "batches/waveform_cut.h"
#include "foldwave/core/errors.h"

namespace foldwave::batches {
namespace {

constexpr float kSilence = 1e-10F;  // power_to_db's least power

// Frames of a crop, and where the first of them lies in the track.
struct Crop {
  int first_frame, frames;
};

// Played `rate` times as fast, a crop covers so many times as much of its track.
Crop draw_crop(int track_frames, int crop_frames, double rate, RandomKey key) {
  const int covered = 1 + static_cast<int>(std::ceil((crop_frames - 1) * rate));
  if (track_frames < covered) return {0, std::min(crop_frames, 1 + static_cast<int>((track_frames - 1) / rate))};
  key.transform = draw::crop;
  return {static_cast<int>(Random(key).below(static_cast<uint64_t>(track_frames - covered) + 1)), crop_frames};
}

}  // namespace

int input_columns(const store::FeatureStore& store, const InputConfig& input) {
  const int all = all_columns(store, input.kind);
  return input.columns.empty() ? all : static_cast<int>(input.columns.size());
}

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
      floor_db_(static_cast<float>(-store.features().top_db)),
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
  augment::WaveformChange change = augment::draw_waveform_change(augment_, key);
  if (store_.mel_ref(track) <= kSilence) change = {};  // there is no maximum to be in dB re
  const auto n_mels = static_cast<int>(n_mels_);
  const Crop crop = draw_crop(store_.frames(track), input_.crop_frames, change.rate, key);
  if (change.none())
    read_stored(track, crop.first_frame, crop.frames);
  else
    make_anew(track, crop.first_frame, crop.frames, change, key);
  augment::filter_spectrogram(std::span(mel_).first(static_cast<size_t>(crop.frames) * n_mels_), n_mels, floor_db_,
                              augment_, key);
  fill_crop(crop.frames);
  augment::shift_spectrogram(mel_, n_mels, floor_db_, augment_, key);
  normalise();
  augment::resize_part(mel_, n_mels, augment_, key, scratch_);
  augment::mask_spectrogram(mel_, n_mels, augment_, key);
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
  fill_crop(frames);
  normalise();
  transpose(out);
}

void SampleMaker::read_stored(int track, int first_frame, int frames) {
  store_.read_mel_db(track, first_frame, std::span(mel_).first(static_cast<size_t>(frames) * n_mels_));
}

// From the waveform, in dB re the maximum of the track as it is stored, with the same floor.
//
// Time stretch is the hop alone: the mel spectrogram of a signal that is slower at the same pitch is that of the signal
// at instants closer together. Pitch shift is a change of speed, with the hop changed against it. What a phase vocoder
// would add are the phases of a waveform that nobody listens to, for 13 ms a crop of 256 frames and some 3 dB that it
// loses where partials cancel.
void SampleMaker::make_anew(int track, int first_frame, int frames, const augment::WaveformChange& change,
                            const RandomKey& key) {
  const features::FeatureConfig& features = store_.features();
  const auto window_margin = static_cast<int64_t>(std::ceil(features.n_fft / 2.0 * change.pitch));
  const int64_t margin = window_margin + (change.pitch == 1 ? 0 : augment::Varispeed::margin(change.pitch));
  const WaveformCut cut = cut_for_frames(store_, track, first_frame, first_frame + (frames - 1) * change.rate, margin);
  waveform_.resize(static_cast<size_t>(cut.end - cut.begin));
  store_.read_waveform(track, cut.begin, waveform_);
  if (change.pitch != 1) {
    varispeed_(waveform_, change.pitch, played_);
    std::swap(waveform_, played_);
  }
  if (change.gain != 1) {
    for (float& sample : waveform_) sample *= static_cast<float>(change.gain);
  }
  if (change.noise) augment::add_noise(waveform_, augment_, key);

  power_.resize(static_cast<size_t>(frames) * n_mels_);
  (*extractor_)(waveform_, static_cast<double>(cut.first_centre) / change.pitch,
                features.hop_length * change.rate / change.pitch, power_);
  features::power_to_db(power_, store_.mel_ref(track), std::numeric_limits<double>::infinity(), db_);
  for (size_t i = 0; i < db_.size(); ++i) mel_[i] = std::max(floor_db_, db_[i]);
}

// Behind the frames there are: the same again, or silence.
void SampleMaker::fill_crop(int frames) {
  const size_t filled = static_cast<size_t>(frames) * n_mels_;
  for (size_t i = filled; i < mel_.size(); ++i) mel_[i] = input_.tile ? mel_[i - filled] : floor_db_;
}

void SampleMaker::normalise() {
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
