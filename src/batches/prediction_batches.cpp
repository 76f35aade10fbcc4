#include "batches/even_part.h"
#include "batches/prefetch.h"
#include "batches/sample.h"
#include "batches/sample_positions.h"
#include "foldwave/batches/batches.h"
#include "foldwave/core/files.h"

namespace foldwave::batches {
struct PredictionBatches::State {
  const store::FeatureStore& store;
  Songs songs;
  InputConfig input;
  PredictionConfig prediction;
  std::vector<SampleMaker> makers;  // one a worker
  std::vector<Part> batches;        // songs of each batch
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

  // Whole songs, as many as fit `size` samples, but at least one.
  void plan(Part share, int size) {
    int samples = 0;
    for (int song = share.begin; song < share.end; ++song) {
      const int own = samples_of(song);
      if (batches.empty() || samples + own > size) {
        batches.push_back({song, song});
        samples = 0;
      }
      batches.back().end = song + 1;
      samples += own;
    }
  }

  void make(SampleMaker& maker, Part part, Batch& batch) const {
    batch.row.clear();
    for (int song = part.begin; song < part.end; ++song)
      batch.row.insert(batch.row.end(), static_cast<size_t>(samples_of(song)), song);
    const size_t size = sample_size(store, input);
    batch.shape = batch_shape(store, input, batch.size());
    batch.x.resize(batch.row.size() * size);
    float* out = batch.x.data();
    for (int song = part.begin; song < part.end; ++song) {
      for (int crop = 0, all = crops_of(song); crop < all; ++crop, out += size) {
        maker.plain(track_of(song), sample_position(store, input, track_of(song), crop, all), {out, size});
      }
      RandomKey key{.seed = prediction.seed, .song = passes() > 0 ? hash64(store.song_id(track_of(song))) : 0};
      for (int pass = 1; pass <= passes(); ++pass, out += size) {
        key.occurrence = static_cast<uint16_t>(pass);
        maker.training(track_of(song), key, {out, size});
      }
    }
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
