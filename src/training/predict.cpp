#include "foldwave/core/errors.h"
#include "foldwave/training/training.h"
#include "training/checkpoint.h"
#include "training/device.h"
#include "training/evaluate.h"
#include "training/heap.h"
#include "training/placement.h"
#include "training/torch_error.h"

namespace foldwave::training {

namespace {

std::vector<float> ask(const std::filesystem::path& checkpoint, const store::FeatureStore& store,
                       const std::vector<int>& tracks, const AskConfig& how, int threads, int device) {
  const CheckpointHeader header = read_checkpoint_header(checkpoint);
  if (header.feature_json != store.plan().feature_json)
    throw InputError(checkpoint.string() + ": trained on features " + header.feature_json + ", the store holds " +
                     store.plan().feature_json);
  keep_freed_memory();
  use_threads(usable_threads(threads));
  const auto network = read_network(checkpoint, header);
  const auto place = device_of(device);
  place_network(*network, place);
  const auto precision = choose_precision(header.precision, header.backbone, place);
  batches::LoaderConfig loader;
  batches::PredictionBatches batches(store, {tracks, {}}, header.input, how.samples, loader);
  return class_probabilities(*network, batches, tracks.size(),
                             {static_cast<int>(header.class_ids.size()), how.geometric, precision, place});
}

}  // namespace

std::vector<float> predict(const std::filesystem::path& checkpoint, const store::FeatureStore& store,
                           const std::vector<int>& tracks, const AskConfig& how, int threads, int device) {
  try {
    return ask(checkpoint, store, tracks, how, threads, device);
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

}  // namespace foldwave::training
