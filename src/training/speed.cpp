#include "foldwave/training/speed.h"

#include "foldwave/core/clock.h"
#include "training/device.h"
#include "training/evaluate.h"
#include "training/heap.h"
#include "training/placement.h"
#include "training/step.h"
#include "training/torch_error.h"

namespace foldwave::training {
namespace {

constexpr uint32_t seed = 1;

std::vector<int64_t> sample_shape(const SpeedConfig& config) {
  if (!models::takes_mel(config.model.name)) return {config.model.summary_width};
  return {config.model.channels, config.n_mels, config.train.crop_frames};
}

// Samples [begin, end) of a batch in parts; normal values, as normalised spectrograms have.
batches::Batch random_samples(const SpeedConfig& config, int begin, int end, int parts = 1) {
  batches::Batch batch;
  batch.shape = {end - begin};
  int64_t values = 1;
  for (const int64_t width : sample_shape(config)) {
    batch.shape.push_back(width);
    values *= width;
  }
  for (int sample = begin; sample < end; ++sample) {
    const RandomKey key{.seed = seed, .song = static_cast<uint64_t>(sample)};
    Random random(key);
    for (int64_t i = 0; i < values; ++i) batch.x.push_back(static_cast<float>(random.normal()));
    batch.label.push_back(sample % config.model.classes);
    batch.row.push_back(sample);
    batch.key.push_back(key);
  }
  for (int part = 1; part <= parts; ++part) batch.part_end.push_back(batch.size() * part / parts);
  return batch;
}

Precision prepare(const SpeedConfig& config, Work work) {
  keep_freed_memory();
  use_threads(usable_threads(config.train.threads));
  return choose_precision(config.train.precision, config.model.name, device_of(config.device), work);
}

Speed measure(
    const SpeedConfig& config, Precision precision, const std::function<void()>& step,
    const std::function<comm::CommunicationTime()>& communication = [] { return comm::CommunicationTime(); }) {
  const auto wait = [&] {
    if (config.device >= 0) torch::cuda::synchronize(config.device);
  };
  Speed speed;
  speed.precision = name_of(precision);
  constexpr int warm_up = 2;
  for (int i = 0; i < warm_up; ++i) step();
  wait();
  for (int repeat = 0; repeat < config.repeats; ++repeat) {
    const comm::CommunicationTime before = communication();
    const double begin_s = monotonic_s();
    for (int i = 0; i < config.steps; ++i) step();
    wait();
    speed.samples_per_s.push_back(static_cast<double>(config.steps) * config.train.batch / (monotonic_s() - begin_s));
    const comm::CommunicationTime after = communication();
    speed.communication_s.push_back((after.summing_s - before.summing_s) / config.steps);
    speed.exposed_s.push_back((after.waited_s - before.waited_s) / config.steps);
  }
  return speed;
}

}  // namespace

Speed training_speed(const SpeedConfig& config, comm::Communicator& communicator) {
  try {
    const Precision precision = prepare(config, Work::training);
    const int batch = config.train.batch, rank = communicator.rank(), ranks = communicator.size();
    const StepConfig recipe =
        step_config(config.train, config.model.classes, precision, device_of(config.device), sample_shape(config));
    TrainingStep step(models::make_network(config.model, seed), communicator, recipe);
    const batches::Batch mine =
        random_samples(config, batch * rank / ranks, batch * (rank + 1) / ranks, recipe.accumulate);
    return measure(
        config, precision,
        [&] {
          const auto outcome = step([&]() -> const batches::Batch& { return mine; }, batch, {.lr = config.train.lr});
          if (outcome.failure) std::rethrow_exception(outcome.failure);
        },
        [&] { return communicator.time(); });
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

Speed prediction_speed(const SpeedConfig& config) {
  try {
    const Precision precision = prepare(config, Work::prediction);
    const torch::Device device = device_of(config.device);
    const auto network = models::make_network(config.model, seed);
    place_network(*network, device);
    const batches::Batch batch = random_samples(config, 0, config.train.batch);
    torch::InferenceMode no_graph;
    network->eval();
    const Autocast autocast(precision, device);
    return measure(config, precision, [&] { logits_of(*network, batch, device).softmax(1); });
  } catch (const c10::Error& error) {
    throw first_line_of(error);
  }
}

}  // namespace foldwave::training
