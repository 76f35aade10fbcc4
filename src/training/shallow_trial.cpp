#include "training/shallow_trial.h"

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/stop.h"
#include "foldwave/models/shallow.h"
#include "training/agree.h"
#include "training/balanced_weights.h"
#include "training/checkpoint.h"
#include "training/device.h"
#include "training/evaluate.h"
#include "training/event_log.h"
#include "training/header.h"
#include "training/metrics.h"
#include "training/publish.h"

namespace foldwave::training {
namespace {

struct Fit {
  std::shared_ptr<models::Network> network;
  CheckpointHeader header;
};

// Normalised; every song counts once, however many windows it was cut into.
models::Rows rows_of(const TrialSetup& setup, const TrainConfig& config, batches::Summaries summaries,
                     const batches::Normalisation& scale) {
  const auto classes = static_cast<int>(setup.class_ids.size());
  const std::vector<float> of_class = config.balanced_classes ? balanced_weights(setup.train.label, classes)
                                                              : std::vector<float>(setup.class_ids.size(), 1);
  std::vector<int> windows(setup.train.track.size());
  for (const int song : summaries.song) ++windows[static_cast<size_t>(song)];
  models::Rows rows{std::move(summaries.x), {}, {}};
  for (const int song : summaries.song) {
    rows.label.push_back(setup.train.label[static_cast<size_t>(song)]);
    rows.row_weight.push_back(of_class[static_cast<size_t>(rows.label.back())] / windows[static_cast<size_t>(song)]);
  }
  const size_t columns = scale.mean.size();
  for (size_t i = 0; i < rows.x.size(); ++i)
    rows.x[i] = (rows.x[i] - scale.mean[i % columns]) * (1 / scale.std[i % columns]);
  return rows;
}

Fit fit(const TrialSetup& setup, const store::FeatureStore& store, const TrainConfig& config) {
  CheckpointHeader header = header_of(setup, store, config);
  batches::Summaries summaries = batches::read_summaries(store, setup.train.track, header.input);
  header.input.normalisation =
      batches::fit_normalisation(store, summaries, header.input, scaling_of(setup.settings, setup.model));
  const models::Rows rows = rows_of(setup, config, std::move(summaries), header.input.normalisation);
  auto model = models::model_config_from_json(header.model_json);
  auto network = models::fit_shallow(model, rows, static_cast<uint32_t>(setup.seed));
  header.model_json = models::to_json(model);
  return {network, header};
}

std::vector<float> ask(const Fit& fit, const store::FeatureStore& store, const std::vector<int>& tracks,
                       const AskConfig& how) {
  batches::PredictionBatches batches(store, {tracks, {}}, fit.header.input, how.samples, {});
  return class_probabilities(*fit.network, batches, tracks.size(),
                             {.classes = static_cast<int>(fit.header.class_ids.size()), .geometric = how.geometric});
}

// But for its times.
EpochRecord record_of(const TrialSetup& setup, const Fit& fit, const store::FeatureStore& store,
                      const std::vector<float>& probability, const AskConfig& how) {
  const auto classes = static_cast<int>(setup.class_ids.size());
  const std::vector<float> train = ask(fit, store, setup.train.track, how);
  const std::vector<int> train_guess = catalog::most_likely(train, classes);
  EpochRecord record{.epoch = 1,
                     .train_loss = log_loss(train, setup.train.label, classes),
                     .train_accuracy = accuracy(setup.train.label, train_guess),
                     .train_macro_f1 = catalog::macro_f1(setup.train.label, train_guess, classes)};
  if (setup.validates()) judge_validation(probability, setup.valid.label, classes, record);
  return record;
}

}  // namespace

TrialOutcome fit_trial(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& communicator,
                       int device, const std::function<void(const EpochRecord&)>& on_epoch) {
  const double began = monotonic_s();
  const auto classes = static_cast<int>(setup.class_ids.size());
  const TrainConfig config = train_config(setup.settings);
  use_threads(usable_threads(config.threads));
  TrialOutcome outcome;
  std::vector<float> probability(setup.valid.track.size() * static_cast<size_t>(classes));
  std::exception_ptr failure;
  if (communicator.rank() == 0) try {
      if (StopFlag::raised()) throw Stopped(place_of(setup) + ": stopped before it was fitted");
      const AskConfig how = ask_config(config, setup.augment, setup.seed);
      const Fit fitted = fit(setup, store, config);
      const double fit_s = monotonic_s() - began;
      if (setup.validates()) probability = ask(fitted, store, setup.valid.track, how);
      EpochRecord record = record_of(setup, fitted, store, probability, how);
      record.samples_per_s = static_cast<double>(setup.train.track.size()) / fit_s;
      record.seconds = monotonic_s() - began;
      outcome.epochs = {record};
      make_directories(setup.directory);
      EventLog(setup.directory, 0).add(record);
      publish_trial(setup, *fitted.network, fitted.header, {{}, {record}}, prediction_table(setup, store, probability));
    } catch (...) {
      failure = std::current_exception();
    }
  agree(failure, "fitting", communicator, device_of(device));
  if (setup.validates()) sum_over_group(probability, communicator, device_of(device));  // the other ranks hold zeros
  outcome.oof = prediction_table(setup, store, std::move(probability));
  if (on_epoch && !outcome.epochs.empty()) on_epoch(outcome.epochs.front());
  return outcome;
}

TrialCost measure_fit(const TrialSetup& setup, const store::FeatureStore& store) {
  const TrainConfig config = train_config(setup.settings);
  use_threads(usable_threads(config.threads));
  const double began = monotonic_s();
  const Fit fitted = fit(setup, store, config);
  const double asked = monotonic_s();
  ask(fitted, store, setup.valid.track, ask_config(config, setup.augment, setup.seed));
  return {.train_songs_per_s = static_cast<double>(setup.train.track.size()) / (asked - began),
          .asked_songs_per_s = static_cast<double>(setup.valid.track.size()) / (monotonic_s() - asked)};
}

}  // namespace foldwave::training
