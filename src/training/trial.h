// A trial on its way: epochs of training and validation, checkpoints in between, its files at the end.
#pragma once

#include <exception>
#include <memory>
#include <optional>

#include "foldwave/training/checkpoint.h"
#include "foldwave/training/cost.h"
#include "training/event_log.h"
#include "training/step.h"
#include "training/training_state.h"

namespace foldwave::training {

class Trial {
 public:
  // Makes the network and reads what is to be read; no collective.
  Trial(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& communicator, int device,
        std::function<void(const EpochRecord&)> on_epoch);
  TrialOutcome run();  // collective
  // Steps of the first epoch for about `seconds`, then a part of the validation; the setup's time is the caller's.
  TrialCost measure(double seconds);

 private:
  bool is_done() const;
  void resume();
  void open_events();
  void train_epoch();
  std::optional<std::string> damage_in_batch() const;  // what FeatureStore::verify says of its songs
  double songs_per_s(double seconds, double body);     // of the first epoch's steps, whose body learns at this rate
  void end_epoch();
  void log_step(double loss, double lr);
  EpochRecord record_of_epoch() const;
  void write_metrics() const;
  // Of the validation songs; nothing where a rank was stopped meanwhile.
  std::optional<std::vector<float>> out_of_fold(models::Network& network);
  std::vector<float> out_of_fold_or_stop(models::Network& network);
  bool stops_validating() const;
  void save_if_due();
  void save();
  bool is_out_of_time();
  TrialOutcome pause(TrialEnding why);
  void publish();
  [[noreturn]] void stop();
  // What goes wrong on this rank alone is kept for the next collective, where the others hear of it.
  void keep_failure_of(const std::function<void()>& work);

  bool writes() const { return communicator_.rank() == 0; }
  int64_t total_steps() const { return static_cast<int64_t>(config_.epochs) * batches_->steps(); }
  TrialUse use() const;
  std::string place() const;  // "resnet18+none seed 1 fold 0, epoch 3, step 12"
  models::Network& evaluated() { return config_.select == "ema" ? *average_ : *network_; }
  models::Network& selected() { return config_.select == "best" ? *best_ : evaluated(); }
  NamedTensors state_tensors();

  const TrialSetup& setup_;
  const store::FeatureStore& store_;
  comm::Communicator& communicator_;
  std::function<void(const EpochRecord&)> on_epoch_;
  torch::Device device_;
  double waited_before_s_;  // for other ranks, in the communicator's earlier trials
  TrialUse use_;            // so far, but for others_s
  TrainConfig config_;
  int classes_;
  std::string identity_;
  CheckpointHeader header_;
  Precision precision_ = Precision::fp32, asking_precision_ = Precision::fp32;
  std::shared_ptr<models::Network> network_, average_, best_;  // the latter two where train.select needs them
  std::unique_ptr<TrainingStep> step_;
  std::unique_ptr<batches::TrainingBatches> batches_;
  batches::LoaderConfig loader_;
  batches::Batch batch_;  // whose memory the loader fills again and again
  TrainingState state_;
  std::unique_ptr<EventLog> events_;  // of this launch, on the rank that writes
  // Of the validation songs, by the last epoch's evaluated weights; empty: not known, or there are none.
  std::vector<float> probability_;
  catalog::PredictionTable oof_;
  double epoch_began_ = 0, saved_ = 0;  // monotonic
  bool began_with_validation_ = false;  // this launch, where the one before was stopped in it
  double trained_s_ = 0;                // of the epoch's time, before its validation
  std::exception_ptr failure_;          // of this rank, to be told at the next collective
};

}  // namespace foldwave::training
