#include "batches/even_part.h"
#include "batches/prefetch.h"
#include "batches/sample.h"
#include "batches/sample_positions.h"
#include "foldwave/batches/batches.h"
#include "foldwave/core/files.h"

namespace foldwave::batches {
namespace {

// Some of a song's samples.
struct Slice {
  int song, begin, end;
};

}  // namespace

struct PredictionBatches::State {
  const store::FeatureStore& store;
  Songs songs;
  InputConfig input;
  PredictionConfig prediction;
  std::vector<SampleMaker> makers;  // one a worker
  std::vector<std::vector<Slice>> batches;
  size_t taken = 0;
  Prefetcher prefetcher;  // after all that its threads use

  State(const store::FeatureStore& from, Songs s, InputConfig i, PredictionConfig p, const LoaderConfig& config)
      : store(from), songs(std::move(s)), input(std::move(i)), prediction(std::move(p)), prefetcher(config.threads) {
    for (int worker = 0; worker < std::max(1, config.threads); ++worker)
      makers.emplace_back(store, input, prediction.augment);
    plan(even_part(static_cast<int>(songs.track.size()), config.rank, config.size), config.batch);
    prefetcher.start(static_cast<int>(batches.size()), [this](int worker, int item, Batch& batch) {
      make(makers[static_cast<size_t>(worker)], batches[static_cast<size_t>(item)], batch);
    });
  }

  int track_of(int song) const { return songs.track[static_cast<size_t>(song)]; }
  int crops_of(int song) const { return sample_count(store, input, track_of(song), prediction.crops); }
  int passes() const { return input.kind == InputKind::mel ? prediction.augmented_passes : 0; }
  int samples_of(int song) const { return crops_of(song) + passes(); }

  // Whole songs, as many as fit `size` samples; a song that has more of them goes over several batches.
  void plan(Part share, int size) {
    int samples = 0;
    const auto begin_batch = [&] {
      batches.emplace_back();
      samples = 0;
    };
    for (int song = share.begin; song < share.end; ++song) {
      const int own = samples_of(song);
      if (batches.empty() || samples + own > size) begin_batch();
      for (int begin = 0; begin < own; begin += size) {
        if (begin > 0) begin_batch();
        batches.back().push_back({song, begin, std::min(begin + size, own)});
        samples += batches.back().back().end - begin;
      }
    }
  }

  void make(SampleMaker& maker, const std::vector<Slice>& slices, Batch& batch) const {
    batch.row.clear();
    for (const Slice& slice : slices)
      batch.row.insert(batch.row.end(), static_cast<size_t>(slice.end - slice.begin), slice.song);
    const size_t size = sample_size(store, input);
    batch.shape = batch_shape(store, input, batch.size());
    batch.x.resize(batch.row.size() * size);
    float* out = batch.x.data();
    for (const Slice& slice : slices)
      for (int sample = slice.begin; sample < slice.end; ++sample, out += size)
        make(maker, slice.song, sample, {out, size});
  }

  // A song's crops, then its augmented passes.
  void make(SampleMaker& maker, int song, int sample, std::span<float> out) const {
    const int track = track_of(song), crops = crops_of(song);
    if (sample < crops) return maker.plain(track, sample_position(store, input, track, sample, crops), out);
    const RandomKey key{.seed = prediction.seed,
                        .song = hash64(store.song_id(track)),
                        .occurrence = static_cast<uint16_t>(sample - crops + 1)};
    maker.training(track, key, out);
  }
};

PredictionBatches::PredictionBatches(const store::FeatureStore& store, Songs songs, InputConfig input,
                                     PredictionConfig prediction, LoaderConfig config)
    : state_(std::make_unique<State>(store, std::move(songs), std::move(input), std::move(prediction), config)) {}
PredictionBatches::~PredictionBatches() = default;

bool PredictionBatches::next(Batch& batch) {
  if (state_->taken == state_->batches.size()) return false;
  state_->prefetcher.take(batch);
  ++state_->taken;
  return true;
}

}  // namespace foldwave::batches
