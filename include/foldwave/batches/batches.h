// From the store to what a network eats: crops or summaries of songs, normalised, augmented, in batches made ahead by
// threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "foldwave/augment/augment.h"
#include "foldwave/core/random.h"
#include "foldwave/store/store.h"

namespace foldwave::batches {

enum class InputKind { mel, mfcc_summary, rich_summary, block_features };

// (value - mean) / std, per mel bin or per summary column, over the songs of a training fold. A std of 0 becomes 1.
struct Normalisation {
  std::vector<float> mean{}, std{};
};

// What is read of a song and how it is brought to a network's scale.
struct InputConfig {
  InputKind kind = InputKind::mel;
  int crop_frames = 256;  // width of a crop
  bool tile = false;      // tracks shorter than a crop are repeated; else padded with the floor of their dB scale
  // Of the rich summary and the block features:
  int window_frames = 0;       // made of so many frames at a time, as crops are; 0: of the whole song
  std::vector<int> columns{};  // ascending: those that are taken; empty: all
  Normalisation normalisation{};
};

// Columns of the rich summary ("mfcc", "mfcc_delta", "contrast", ...) or of the block features ("spectral_pattern",
// ...) that belong to the named descriptors; none named: all. InputError on a name that it does not have, listing those
// it has, and where the store has no rich summary.
std::vector<int> columns_of(const store::FeatureStore& store, InputKind kind,
                            const std::vector<std::string>& descriptors);

// standard: every column to mean 0 and deviation 1. balanced: then every descriptor divided by the root
// of its number of columns, so that 512 columns of mel weigh as much in a distance as 4 of the centroid.
enum class Scaling { standard, balanced };
// Over these tracks, for the input's kind and columns.
Normalisation fit_normalisation(const store::FeatureStore& store, const std::vector<int>& tracks,
                                const InputConfig& input, Scaling scaling = Scaling::standard);

// All that a model on summaries learns from, as it is, not normalised. Stopped where the stop flag is raised meanwhile.
struct Summaries {
  std::vector<float> x;   // [rows, input_columns]
  std::vector<int> song;  // [rows] which of the tracks asked for: several rows where there are windows
};
Summaries read_summaries(const store::FeatureStore& store, const std::vector<int>& tracks, const InputConfig& input);
Normalisation fit_normalisation(const store::FeatureStore& store, const Summaries& summaries, const InputConfig& input,
                                Scaling scaling);

struct Batch {
  std::vector<int64_t> shape;  // [n, 1, n_mels, crop_frames] or [n, columns of the summary]
  std::vector<float> x;        // row-major
  std::vector<int> label;      // [n]; empty in prediction
  std::vector<int> row;        // [n] which of the loader's songs
  std::vector<RandomKey> key;  // [n] for what the network itself draws by sample (dropout); empty in prediction
  // Mixup (Zhang et al. 2018): the label of what was blended into each sample, and the share of its own; empty without.
  std::vector<int> other_label;  // [n]
  std::vector<float> share;      // [n] in [0, 1]; 1: nothing was blended in
  std::vector<int> part_end;     // [LoaderConfig::parts] samples up to the end of each part; empty in prediction

  int size() const { return static_cast<int>(row.size()); }
};

struct Songs {
  std::vector<int> track;  // numbers in the store
  std::vector<int> label;  // as many, or empty
};

// Numbers in a sample: mel bins of a frame or columns of a summary.
int input_columns(const store::FeatureStore& store, const InputConfig& input);

struct LoaderConfig {
  int batch = 32;  // songs a step over the whole group
  uint32_t seed = 1;
  int rank = 0, size = 1;  // in the group: which slice of each step is made here
  int threads = 1;         // that make batches ahead; 0: made when asked for
  int parts = 1;           // of training that a step goes through the network in
};

// Training: each epoch is a permutation of the songs keyed on (seed, epoch), cut into steps() parts of sizes that
// differ by at most one and do not exceed `batch`; a rank makes a contiguous slice of each, or of each of its parts, so
// that the group's songs of a part do not depend on how many ranks it has; which of the slices changes by turns. Which
// crop and which augmentation a song gets depends on (seed, epoch, song_id) alone; with mixup, on the list of songs
// too. What is blended into a sample is made under its own key's occurrence 1.
class TrainingBatches {
 public:
  TrainingBatches(const store::FeatureStore& store, Songs songs, InputConfig input, augment::AugmentConfig augment,
                  LoaderConfig config);
  ~TrainingBatches();
  int steps() const;              // an epoch
  int step_size(int step) const;  // songs of that step over the whole group
  void begin_epoch(
      int epoch);           // any epoch, at any time; called before a validation, its first batches are made meanwhile
  void next(Batch& batch);  // this rank's slice of the next step (may be empty), in the memory of `batch`; rethrows
  Batch next();             // a loader's error

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct PredictionConfig {
  int crops = 4;
  // So many more samples of each song, cut and augmented as in training but not blended: sample p > 0 under
  // {seed, epoch 0, song, occurrence p}.
  int augmented_passes = 0;
  augment::AugmentConfig augment = {};
  uint32_t seed = 1;
};

// Prediction: every song as `crops` crops spread evenly over it, the first at its beginning, the last at its end (one
// alone: in its middle); as one, for whole summaries and songs no longer than a crop; as windows that overlap by half,
// where the summary is made of windows. After them its augmented passes, where its model sees spectrograms. This rank's
// share of the songs, in their order. A batch has up to `batch` samples: whole songs, and parts of those that have
// more.
class PredictionBatches {
 public:
  PredictionBatches(const store::FeatureStore& store, Songs songs, InputConfig input, PredictionConfig prediction,
                    LoaderConfig config);
  ~PredictionBatches();
  bool next(Batch& batch);  // false: no more. Samples of one song follow each other; batch.row names the song

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foldwave::batches
