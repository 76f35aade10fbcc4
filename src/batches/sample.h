// One sample as a network eats it: a crop of a song's mel spectrogram, or its summary, augmented and normalised.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "batches/summary_reader.h"
#include "foldwave/augment/augment.h"
#include "foldwave/augment/varispeed.h"
#include "foldwave/batches/batches.h"
#include "foldwave/core/random.h"
#include "foldwave/features/features.h"
#include "foldwave/store/store.h"

namespace foldwave::batches {

// Reuses its buffers: one a thread. Borrows store, input and augment.
class SampleMaker {
 public:
  SampleMaker(const store::FeatureStore& store, const InputConfig& input, const augment::AugmentConfig& augment);

  // out: [n_mels, crop_frames] or [columns of the summary]
  void training(int track, const RandomKey& key, std::span<float> out);  // the key decides crop and augmentation
  void plain(int track, int first_frame, std::span<float> out);          // as it is in the store

 private:
  void read_stored(int track, int first_frame, int frames);
  void make_anew(int track, int first_frame, int frames, const augment::WaveformChange& change, const RandomKey& key);
  void fill_crop(int frames);
  void normalise();
  void transpose(std::span<float> out) const;
  int draw_window(int track, RandomKey key) const;
  void summary(int track, int first_frame, std::span<float> out);

  const store::FeatureStore& store_;
  const InputConfig& input_;
  const augment::AugmentConfig& augment_;
  size_t n_mels_;
  float floor_db_;
  std::vector<float> inverse_std_;  // [columns]
  std::vector<float> mel_;          // [crop_frames, n_mels]
  std::vector<float> scratch_;      // as mel_
  std::vector<float> waveform_, played_, power_, db_;
  augment::Varispeed varispeed_;
  SummaryReader summary_;
  std::optional<features::MelExtractor> extractor_;  // where the augmentation needs it
};

// The shape of a batch of n samples, and the numbers in one.
std::vector<int64_t> batch_shape(const store::FeatureStore& store, const InputConfig& input, int n);
size_t sample_size(const store::FeatureStore& store, const InputConfig& input);

}  // namespace foldwave::batches
