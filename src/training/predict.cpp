#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "foldwave/training/training.h"
#include "training/checkpoint.h"
#include "training/device.h"
#include "training/evaluate.h"
#include "training/finite.h"
#include "training/heap.h"
#include "training/placement.h"
#include "training/torch_error.h"

namespace foldwave::training {

struct Predictor::State {
  std::string file;
  const store::FeatureStore& store;
  CheckpointHeader header;
  std::shared_ptr<models::Network> network;
  torch::Device place;
  Precision precision;
};

Predictor::Predictor(const std::filesystem::path& checkpoint, const store::FeatureStore& store, int threads, int device)
    : state_(new State{checkpoint.string(), store, read_checkpoint_header(checkpoint), nullptr, device_of(device),
                       Precision::fp32}) {
  const CheckpointHeader& header = state_->header;
  if (header.feature_json != store.plan().feature_json)
    throw InputError(checkpoint.string() + ": trained on features " + header.feature_json + ", the store holds " +
                     store.plan().feature_json);
  try {
    keep_freed_memory();
    use_threads(usable_threads(threads));
    state_->network = read_network(checkpoint, header);
    place_network(*state_->network, state_->place);
    state_->precision = choose_precision(header.precision, header.backbone, state_->place, Work::prediction);
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

void try_checkpoint(const std::filesystem::path& path) {
  try {
    read_network(path, read_checkpoint_header(path));
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

Predictor::~Predictor() = default;

std::vector<float> Predictor::operator()(const std::vector<int>& tracks, const AskConfig& ask) {
  try {
    // What no launch of this length could end must not be begun again and again.
    const double left_s = StopFlag::seconds_left();  // before seconds_for_work(), which counts from its first call
    const bool has_all_time = StopFlag::has_deadline() && left_s >= StopFlag::seconds_for_work();
    batches::PredictionBatches batches(state_->store, {tracks, {}}, state_->header.input, ask.samples, {});
    const std::vector<float> probability = class_probabilities(
        *state_->network, batches, tracks.size(),
        {static_cast<int>(state_->header.class_ids.size()), ask.geometric, state_->precision, state_->place,
         [has_all_time] { return has_all_time ? StopFlag::by_signal() : StopFlag::raised(); }});
    if (verify_where_not_finite(probability, state_->store, tracks))
      throw InputError("its network answers with probabilities that are no numbers");
    return probability;
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  } catch (const InputError& error) {
    throw InputError(state_->file + ": " + error.what());
  }
}

}  // namespace foldwave::training
