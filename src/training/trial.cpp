#include "training/trial.h"

#include <utility>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/core/stop.h"
#include "foldwave/core/trial_id.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/models/backbones.h"
#include "foldwave/models/weights.h"
#include "training/agree.h"
#include "training/averaged_weights.h"
#include "training/balanced_weights.h"
#include "training/checkpoint.h"
#include "training/device.h"
#include "training/evaluate.h"
#include "training/header.h"
#include "training/placement.h"
#include "training/publish.h"

namespace foldwave::training {
namespace {

std::vector<int64_t> sample_shape(const batches::InputConfig& input, const store::FeatureStore& store) {
  const int64_t columns = batches::input_columns(store, input);
  if (input.kind != batches::InputKind::mel) return {columns};
  return {1, columns, input.crop_frames};
}

std::string identity_of(const TrialSetup& setup) {
  return fingerprint(setup.model + "\n" + setup.augment_name + "\n" + std::to_string(setup.seed) + "\n" +
                     std::to_string(setup.fold) + "\n" +
                     setup.settings.identity(sections_of_trial(setup.augment_name)));
}

}  // namespace

Trial::Trial(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& communicator, int device,
             std::function<void(const EpochRecord&)> on_epoch)
    : setup_(setup),
      store_(store),
      communicator_(communicator),
      on_epoch_(std::move(on_epoch)),
      device_(device_of(device)),
      waited_before_s_(communicator.time().waited_s),
      config_(train_config(setup.settings)),
      classes_(static_cast<int>(setup.class_ids.size())),
      identity_(identity_of(setup)),
      state_(classes_) {
  const int threads = usable_threads(config_.threads);
  use_threads(threads);
  header_ = header_of(setup, store, config_);
  header_.input.normalisation = normalisation_of(setup, store, header_);
  const auto model = models::model_config_from_json(header_.model_json);
  precision_ = choose_precision(config_.precision, setup.model, device_, Work::training);
  asking_precision_ = choose_precision(config_.precision, setup.model, device_, Work::prediction);

  const auto seed = static_cast<uint32_t>(setup.seed);
  StepConfig step = step_config(config_, classes_, precision_, device_, sample_shape(header_.input, store));
  loader_ = {.batch = config_.batch,
             .seed = seed,
             .rank = communicator.rank(),
             .size = communicator.size(),
             .threads = std::max(1, threads / 2),
             .parts = step.accumulate};
  batches_ = std::make_unique<batches::TrainingBatches>(store, setup.train, header_.input, setup.augment, loader_);

  network_ = models::make_network(model, seed);
  if (const std::string& weights = setup.settings.text("model.weights"); !weights.empty()) {
    const std::string outcome = describe(models::load_weights(*network_, models::read_weights(weights), weights,
                                                              is_of_other_classes(weights, setup.class_ids)));
    // Of a backbone that reads spectrograms the launch has said so before.
    if (!outcome.empty() && !models::takes_mel(setup.model) && writes() && setup.note)
      setup.note(place_of(setup) + " starts from '" + weights + "': " + outcome);
  }
  if (config_.balanced_classes) step.class_weight = balanced_weights(setup.train.label, classes_);
  step_ = std::make_unique<TrainingStep>(network_, communicator, std::move(step));
  for (auto* extra : {config_.select == "ema" ? &average_ : nullptr, config_.select == "best" ? &best_ : nullptr})
    if (extra != nullptr) {
      *extra = models::make_network(model, seed);
      copy_weights(**extra, *network_);  // those of model.weights, where it is given
      place_network(**extra, device_);
    }
}

bool Trial::is_done() const {
  const bool impatient = config_.patience > 0 && state_.epoch - std::max(1, state_.best_epoch) >= config_.patience;
  return state_.epoch >= config_.epochs || impatient;
}

TrialOutcome Trial::run() {
  resume();
  if (setup_.told_before && !state_.history.epochs.empty()) setup_.told_before(state_.history.epochs);
  StopFlag::work_begins();
  while (!is_done()) {
    if (setup_.until_epoch > 0 && state_.epoch >= setup_.until_epoch) return pause(TrialEnding::at_rung);
    if (is_out_of_time()) return pause(TrialEnding::out_of_time);
    train_epoch();
    end_epoch();
  }
  publish();
  return {TrialEnding::finished, state_.history.epochs, oof_, use()};
}

void Trial::keep_failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (...) {
    failure_ = std::current_exception();
  }
}

TrialUse Trial::use() const { return {use_.data_s, communicator_.time().waited_s - waited_before_s_}; }

// Rank 0 says from which step, all read that file.
void Trial::resume() {
  std::array<float, 2> chosen{0, 0};  // in units of 2^20 steps and the rest, both exact in a float; 0: from the start
  if (writes())
    keep_failure_of([&] {
      make_directories(setup_.directory);
      remove_abandoned(setup_.directory);
      std::vector<std::string> damaged;
      const int64_t step = newest_state(setup_.directory, identity_, damaged).value_or(0);
      for (const std::string& what : damaged)
        if (setup_.note)
          setup_.note(what + "; going on from " + (step > 0 ? "step " + std::to_string(step) : "the start"));
      chosen = {static_cast<float>(step >> 20), static_cast<float>(step & 0xFFFFF)};
    });
  agree(std::exchange(failure_, nullptr), "reading its checkpoint", communicator_, device_);
  sum_over_group(chosen, communicator_, device_);
  const int64_t step = (static_cast<int64_t>(chosen[0]) << 20) + static_cast<int64_t>(chosen[1]);
  keep_failure_of([&] {
    if (step > 0) state_ = read_state(setup_.directory, step, classes_, state_tensors());
    if (writes()) open_events();
  });
  agree(std::exchange(failure_, nullptr), "reading its checkpoint", communicator_, device_);
  epoch_began_ = saved_ = monotonic_s();
}

// An epoch of which all steps are done, but that is not yet judged, may have told its metrics, which stand at its last
// step.
void Trial::open_events() {
  const bool is_open = state_.step > 0 && state_.step == batches_->steps();
  events_ = std::make_unique<EventLog>(setup_.directory, state_.updates - (is_open ? 1 : 0));
  if (is_open) events_->add(state_.history.steps.back());
}

void Trial::train_epoch() {
  keep_failure_of([&] {
    began_with_validation_ = state_.step == batches_->steps();  // in which it was stopped
    if (began_with_validation_) return;
    batches_->begin_epoch(state_.epoch);
    for (int done = 0; done < state_.step; ++done) batches_->next(batch_);
  });
  epoch_began_ = monotonic_s() - state_.seconds;
  const auto next_batch = [&]() -> const batches::Batch& {
    const double asked = monotonic_s();
    batches_->next(batch_);
    const double waited_s = monotonic_s() - asked;
    state_.waited_s += waited_s;
    use_.data_s += waited_s;
    return batch_;
  };
  while (state_.step < batches_->steps()) {
    StepOutcome outcome{Tally(classes_)};
    Whereabouts::say("train, " + place());
    const Rates rates = rates_at(config_, state_.updates, total_steps());
    try {
      outcome = (*step_)(next_batch, batches_->step_size(state_.step), rates, std::exchange(failure_, nullptr));
    } catch (const comm::GroupLost& error) {
      throw comm::GroupLost(place() + ": " + error.what());
    } catch (const comm::PeerFailed&) {
      throw;
    } catch (const SystemError& error) {
      throw SystemError(place() + ": " + damage_in_batch().value_or(error.what()));
    }
    ++state_.step;
    ++state_.updates;
    state_.tally.add(outcome.tally);
    failure_ = outcome.failure;
    if (average_ && !failure_)
      keep_failure_of([&] { average_weights(*average_, *network_, config_.ema_decay, state_.updates); });
    log_step(outcome.tally.mean_loss(), rates.lr);
    if (outcome.stop) stop();
    save_if_due();
  }
  trained_s_ = monotonic_s() - epoch_began_;
}

std::optional<std::string> Trial::damage_in_batch() const {
  try {
    for (const int row : batch_.row) store_.verify(setup_.train.track[static_cast<size_t>(row)]);
  } catch (const SystemError& error) {
    return error.what();
  }
  return std::nullopt;
}

double Trial::songs_per_s(double seconds, double body) {
  constexpr int warm_up = 2;
  batches_->begin_epoch(0);
  const auto next_batch = [&]() -> const batches::Batch& {
    batches_->next(batch_);
    return batch_;
  };
  Rates rates = rates_at(config_, 0, total_steps());
  rates.body = body;
  double began = monotonic_s(), songs = 0;
  for (int step = 0; step < batches_->steps(); ++step) {
    if (StopFlag::raised()) throw Stopped(place_of(setup_) + ": stopped while its cost was measured");
    const auto outcome = (*step_)(next_batch, batches_->step_size(step), rates, nullptr);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    if (step + 1 == warm_up && batches_->steps() > warm_up) {
      began = monotonic_s();
      songs = 0;
      continue;
    }
    songs += batches_->step_size(step);
    if (step >= warm_up && monotonic_s() - began > seconds) break;
  }
  return songs / (monotonic_s() - began);
}

TrialCost Trial::measure(double seconds) {
  TrialCost cost;
  cost.train_songs_per_s = songs_per_s(seconds, config_.body_lr);
  if (config_.head_epochs > 0) cost.head_songs_per_s = songs_per_s(seconds, 0);
  cost.weights_mib = models::weights_mib(*network_);
  const double asked = monotonic_s();
  if (!out_of_fold(evaluated())) throw Stopped(place_of(setup_) + ": stopped while its cost was measured");
  cost.asked_songs_per_s = static_cast<double>(setup_.valid.track.size()) / (monotonic_s() - asked);
  return cost;
}

void Trial::log_step(double loss, double lr) {
  if (state_.updates % config_.log_steps != 0 && state_.step < batches_->steps()) return;
  state_.history.steps.push_back({state_.epoch + 1, state_.updates - 1, lr, loss});
  if (writes()) keep_failure_of([&] { events_->add(state_.history.steps.back()); });
}

// Each song is on one rank, the others hold zeros; behind them the ranks that were stopped meanwhile are counted.
std::optional<std::vector<float>> Trial::out_of_fold(models::Network& network) {
  std::vector<float> probability;
  if (!setup_.validates()) return probability;
  Whereabouts::say("train, " + place_of(setup_) + ", epoch " + std::to_string(state_.epoch + 1) + ", validation");
  const size_t values = setup_.valid.track.size() * static_cast<size_t>(classes_);
  float stopped = 0;
  keep_failure_of([&] {
    const AskConfig ask = ask_config(config_, setup_.augment, setup_.seed);
    batches::PredictionBatches batches(store_, setup_.valid, header_.input, ask.samples, loader_);
    try {
      probability = class_probabilities(
          network, batches, setup_.valid.track.size(),
          {classes_, ask.geometric, asking_precision_, device_, [this] { return stops_validating(); }});
    } catch (const Stopped&) {
      stopped = 1;
    }
  });
  agree(std::exchange(failure_, nullptr), "validation", communicator_, device_);
  probability.resize(values);
  probability.push_back(stopped);
  sum_over_group(probability, communicator_, device_);
  if (probability.back() > 0) return std::nullopt;
  probability.pop_back();
  return probability;
}

EpochRecord Trial::record_of_epoch() const {
  EpochRecord record{.epoch = state_.epoch,
                     .step = state_.updates - 1,
                     .lr = rates_at(config_, state_.updates - 1, total_steps()).lr,
                     .train_loss = state_.tally.mean_loss(),
                     .train_accuracy = state_.tally.accuracy(),
                     .train_macro_f1 = state_.tally.macro_f1(),
                     .samples_per_s = state_.tally.songs() / trained_s_,
                     .wait_share = state_.waited_s / trained_s_,
                     .seconds = monotonic_s() - epoch_began_};
  if (setup_.validates()) judge_validation(probability_, setup_.valid.label, classes_, record);
  return record;
}

void Trial::write_metrics() const { foldwave::publish(setup_.directory / "metrics.csv", metrics_csv(state_.history)); }

void Trial::end_epoch() {
  probability_ = out_of_fold_or_stop(evaluated());
  ++state_.epoch;
  const EpochRecord record = record_of_epoch();
  if (record.valid_macro_f1 > state_.best_macro_f1) {
    state_.best_macro_f1 = record.valid_macro_f1;
    state_.best_epoch = record.epoch;
    if (best_) keep_failure_of([&] { copy_weights(*best_, *network_); });
  }
  state_.history.epochs.push_back(record);
  state_.step = 0;
  state_.seconds = state_.waited_s = 0;
  state_.tally = Tally(classes_);
  if (writes())
    keep_failure_of([&] {
      write_metrics();
      events_->add(record);
    });
  if (on_epoch_) on_epoch_(record);
  epoch_began_ = monotonic_s();
  if (!is_done()) save_if_due();
}

void Trial::save_if_due() {
  if (writes() && monotonic_s() - saved_ >= config_.checkpoint_s) save();
}

void Trial::save() {
  if (!writes()) return;
  keep_failure_of([&] {
    state_.seconds = state_.step > 0 ? monotonic_s() - epoch_began_ : 0;
    write_state(setup_.directory, state_, identity_, state_tensors());
    write_metrics();
    saved_ = monotonic_s();
  });
}

// A validation that no launch of this length could end must not be begun again and again.
bool Trial::stops_validating() const { return began_with_validation_ ? StopFlag::by_signal() : StopFlag::raised(); }

// Stopped there, it asks again when it goes on.
std::vector<float> Trial::out_of_fold_or_stop(models::Network& network) {
  auto probability = out_of_fold(network);
  if (!probability) {
    epoch_began_ = monotonic_s() - trained_s_;  // what was asked for in vain is no part of the epoch
    stop();
  }
  return *std::move(probability);
}

void Trial::stop() {
  save();
  agree(std::exchange(failure_, nullptr), "its last checkpoint", communicator_, device_);
  throw Stopped(place() + ": stopped and saved");
}

// By the last epoch's time, as rank 0 has it. Behind the deadline the next step's flag ends the trial. An epoch that no
// launch of this length could end is begun: it is stopped on its way, and the next launch goes on from there.
bool Trial::is_out_of_time() {
  if (!StopFlag::has_deadline() || state_.step > 0 || state_.history.epochs.empty()) return false;
  std::array<float, 1> out_of_time{0};
  const double left = StopFlag::seconds_left(), takes = state_.history.epochs.back().seconds;
  if (writes() && left > 0 && takes > left && takes <= StopFlag::seconds_for_work()) out_of_time[0] = 1;
  sum_over_group(out_of_time, communicator_, device_);
  return out_of_time[0] > 0;
}

TrialOutcome Trial::pause(TrialEnding why) {
  save();
  agree(std::exchange(failure_, nullptr), "its checkpoint", communicator_, device_);
  return {why, state_.history.epochs, {}, use()};
}

void Trial::publish() {
  const bool at_hand = !probability_.empty() && (config_.select != "best" || state_.best_epoch == state_.epoch);
  oof_ = prediction_table(setup_, store_, at_hand ? std::move(probability_) : out_of_fold_or_stop(selected()));
  oof_.optimistic = config_.select == "best" || config_.patience > 0;
  if (writes() && !failure_)
    keep_failure_of([&] {
      publish_trial(setup_, selected(), header_, state_.history, oof_);
      remove_states(setup_.directory);
    });
  agree(std::exchange(failure_, nullptr), "writing its files", communicator_, device_);
}

NamedTensors Trial::state_tensors() {
  NamedTensors tensors;
  const auto append = [&](const std::string& prefix, const NamedTensors& named) {
    for (const auto& [name, tensor] : named) tensors.emplace_back(prefix + name, tensor);
  };
  append("model.", models::state_dict(*network_));
  const auto& optimiser = step_->optimiser();
  const auto named = network_->named_parameters();
  for (size_t i = 0; i < named.size(); ++i) {
    tensors.emplace_back("optimiser.first." + named[i].key(), optimiser.first_moment()[i]);
    if (optimiser.second_moment().empty()) continue;
    tensors.emplace_back("optimiser.second." + named[i].key(), optimiser.second_moment()[i]);
    tensors.emplace_back("optimiser.steps." + named[i].key(), optimiser.steps()[i]);
  }
  if (average_) append("average.", models::state_dict(*average_));
  if (best_) append("best.", models::state_dict(*best_));
  return tensors;
}

std::string Trial::place() const {
  return place_of(setup_) + ", epoch " + std::to_string(state_.epoch + 1) + ", step " + std::to_string(state_.step + 1);
}

}  // namespace foldwave::training
