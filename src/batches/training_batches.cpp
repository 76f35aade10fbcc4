#include <stdexcept>

#include "batches/even_part.h"
#include "batches/prefetch.h"
#include "batches/sample.h"
#include "foldwave/batches/batches.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"

namespace foldwave::batches {

struct TrainingBatches::State {
  struct Worker {
    SampleMaker maker;
    std::vector<float> partner;  // what is blended into a sample
  };

  const store::FeatureStore& store;
  Songs songs;
  InputConfig input;
  augment::AugmentConfig augment;
  LoaderConfig config;
  std::vector<uint64_t> song_key;  // [songs] hash64 of the song's id
  std::vector<Worker> workers;
  Prefetcher prefetcher;  // after all that its threads use

  State(const store::FeatureStore& from, Songs s, InputConfig i, augment::AugmentConfig a, LoaderConfig c)
      : store(from), songs(std::move(s)), input(std::move(i)), augment(std::move(a)), config(c), prefetcher(c.threads) {
    if (songs.track.empty()) throw InputError("there is no usable song to train on");
    if (songs.label.size() != songs.track.size()) throw std::logic_error("training songs without labels");
    for (const int track : songs.track) song_key.push_back(hash64(store.song_id(track)));
    for (int worker = 0; worker < std::max(1, config.threads); ++worker)
      workers.push_back({SampleMaker(store, input, augment), std::vector<float>(sample_size(store, input))});
  }

  int count() const { return static_cast<int>(songs.track.size()); }
  int steps() const { return (count() + config.batch - 1) / config.batch; }

  // Which of the epoch's songs this rank makes in a step.
  void choose(int step, const std::vector<int>& order, Batch& batch) const {
    batch.row.clear();
    batch.part_end.clear();
    const Part whole = even_part(count(), step, steps());
    for (int number = 0; number < config.parts; ++number) {
      const Part part = even_part(whole.size(), number, config.parts);
      // By turns, for of a part with fewer songs than ranks the last ones alone have some.
      const Part own = even_part(part.size(), (config.rank + number) % config.size, config.size);
      const auto begin = order.begin() + whole.begin + part.begin;
      batch.row.insert(batch.row.end(), begin + own.begin, begin + own.end);
      batch.part_end.push_back(batch.size());
    }
  }

  void make(Worker& worker, uint32_t epoch, Batch& batch) const {
    const std::vector<int>& rows = batch.row;
    const size_t size = worker.partner.size();
    batch.shape = batch_shape(store, input, batch.size());
    batch.x.resize(rows.size() * size);
    batch.label.clear();
    batch.key.clear();
    batch.other_label.clear();
    batch.share.clear();
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto row = static_cast<size_t>(rows[i]);
      const RandomKey key{.seed = config.seed, .epoch = epoch, .song = song_key[row]};
      batch.label.push_back(songs.label[row]);
      batch.key.push_back(key);
      const std::span<float> sample = std::span(batch.x).subspan(i * size, size);
      worker.maker.training(songs.track[row], key, sample);
      if (augment.mixup_probability > 0) mix(worker, key, songs.label[row], sample, batch);
    }
  }

  void mix(Worker& worker, RandomKey key, int label, std::span<float> sample, Batch& batch) const {
    const augment::Mixup mixup = augment::draw_mixup(augment, count(), key);
    if (mixup.share < 1) {
      const auto partner = static_cast<size_t>(mixup.partner);
      key.occurrence = 1;
      worker.maker.training(songs.track[partner], key, worker.partner);
      augment::blend(sample, worker.partner, mixup.share);
      label = songs.label[partner];
    }
    batch.other_label.push_back(label);
    batch.share.push_back(mixup.share);
  }
};

TrainingBatches::TrainingBatches(const store::FeatureStore& store, Songs songs, InputConfig input,
                                 augment::AugmentConfig augment, LoaderConfig config)
    : state_(std::make_unique<State>(store, std::move(songs), std::move(input), std::move(augment), config)) {}
TrainingBatches::~TrainingBatches() = default;

int TrainingBatches::steps() const { return state_->steps(); }

int TrainingBatches::step_size(int step) const { return even_part(state_->count(), step, state_->steps()).size(); }

void TrainingBatches::begin_epoch(int epoch) {
  State* state = state_.get();
  const RandomKey key{.seed = state->config.seed, .epoch = static_cast<uint32_t>(epoch), .transform = draw::shuffle};
  state->prefetcher.start(
      state->steps(), [state, key, order = shuffled(state->count(), Random(key))](int worker, int step, Batch& batch) {
        state->choose(step, order, batch);
        state->make(state->workers[static_cast<size_t>(worker)], key.epoch, batch);
      });
}

void TrainingBatches::next(Batch& batch) { state_->prefetcher.take(batch); }

Batch TrainingBatches::next() {
  Batch batch;
  next(batch);
  return batch;
}

}  // namespace foldwave::batches
