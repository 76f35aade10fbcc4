// One trial: a network trained on the training songs of a fold, then asked about those it has not seen; or trained on
// all of them.
#pragma once

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "foldwave/augment/augment.h"
#include "foldwave/batches/batches.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/catalog/predictions.h"
#include "foldwave/comm/communicator.h"
#include "foldwave/core/options.h"
#include "foldwave/store/store.h"

namespace foldwave::training {

struct TrainConfig {
  int epochs = 20;
  int batch = 32;                   // songs a step, over the whole group
  int accumulate = 1;               // parts that a step goes through the network in
  bool sync_batchnorm = true;       // batch normalisation over the whole group; else over each rank's share alone
  std::string optimiser = "adamw";  // adamw | sgd
  double lr = 1e-3, weight_decay = 1e-2, momentum = 0.9;
  bool decay_matrices_only = false;
  std::string schedule = "one_cycle";  // one_cycle | cosine | constant
  double warm_up = 0.05;               // share of the steps, of cosine
  int head_epochs = 0;                 // at first, in which the classifier alone learns
  double body_lr = 1;                  // learning rate of all but the classifier, in units of lr
  double label_smoothing = 0;
  bool balanced_classes = false;   // a class counts the more the fewer songs it has
  std::string precision = "auto";  // auto | fp32 | bf16
  int crop_frames = 256;
  std::string select = "last";  // last | ema | best: which weights are kept
  double ema_decay = 0.99;
  int patience = 0;              // epochs without a better validation macro F1 before it ends; 0: it does not
  double gradient_clip = 0;      // norm; 0: none
  bool tile = false;             // songs shorter than a crop are repeated rather than padded
  int crops = 4;                 // in validation and prediction
  int augmented_passes = 0;      // more samples of each song there, augmented as in training
  std::string combine = "mean";  // mean | geometric: of a song's probabilities
  int threads = 0;               // of this rank; 0: the cores it may use
  double checkpoint_s = 60;      // at most one checkpoint in so many seconds, and one at a stop
  int log_steps = 50;            // steps between two whose loss and learning rate are logged
};
void declare_options(OptionRegistry& registry);  // train.*, and of predict.* how a network is asked
TrainConfig train_config(const Settings& settings);
// Whether a key changes anything beside the others: train.warm_up is cosine's alone. Keys that are not here: true.
bool reads(const Settings& settings, const std::string& key);

struct EpochRecord {
  int epoch = 0;     // 1 ..
  int64_t step = 0;  // its last one, counted from 0 over all epochs
  double lr = 0;     // of that step
  double train_loss = 0, train_accuracy = 0, train_macro_f1 = 0;
  // NaN where the trial trains on all rows.
  double valid_loss = std::numeric_limits<double>::quiet_NaN(), valid_accuracy = valid_loss,
         valid_macro_f1 = valid_loss;
  double samples_per_s = 0;  // training songs of the whole group in a second of training, validation not counted
  double wait_share = 0;     // of that time, in which this rank waited for its loader; metrics.csv has rank 0's
  double seconds = 0;        // wall, validation included

  bool validated() const { return !std::isnan(valid_macro_f1); }  // a loss may be NaN for other reasons
};

struct TrialSetup {
  std::string model, augment_name;  // for the prediction tables
  Settings settings;                // with the backbone's own overrides applied
  augment::AugmentConfig augment;
  int64_t seed = 1;
  int fold = 0;                        // or catalog::kAllRows
  std::filesystem::path directory;     // of the trial
  batches::Songs train, valid;         // labels given; nothing to validate on all rows
  std::vector<std::string> valid_ids;  // song_id of each validation song
  std::vector<std::string> class_ids;

  std::function<void(const std::string& sentence)> note = nullptr;  // what the user should hear

  int until_epoch = 0;  // pause there, checkpointed, if that is not the end; 0: none
  // For the checkpoint's header: its point of the grid, "resnet18+masks", and what the journal knows it by.
  std::string point{}, identity{};
  // The epochs of a checkpoint that it goes on from: those told last may have been lost with the rank that wrote them
  // down.
  std::function<void(const std::vector<EpochRecord>&)> told_before = nullptr;

  bool validates() const { return fold != catalog::kAllRows; }
};

// at_rung: paused at until_epoch; out_of_time: its next epoch would not end before the deadline of StopFlag. Both are
// checkpointed, and nothing is published yet.
enum class TrialEnding { finished, at_rung, out_of_time };

// Where this rank's time went while it had a trial, in this launch.
struct TrialUse {
  double data_s = 0;    // waited for its loader
  double others_s = 0;  // waited for sums with the other ranks of its group; 0 where that is not measured (NCCL)
};

struct TrialOutcome {
  TrialEnding ending = TrialEnding::finished;
  std::vector<EpochRecord> epochs;
  catalog::PredictionTable oof;  // complete on every rank of the group; no rows, and macro F1 NaN, on all rows
  TrialUse use;
};

// Collective over the communicator's ranks. Writes metrics.csv, final.safetensors and, unless it trains on all rows,
// oof.h5 into the trial's directory; goes on from last-<step>.safetensors where there is one, with the same bytes at
// the end. Throws Stopped after a checkpoint.
TrialOutcome train_trial(const TrialSetup& setup, const store::FeatureStore& store, comm::Communicator& communicator,
                         int device, const std::function<void(const EpochRecord&)>& on_epoch);

// How songs are asked about.
struct AskConfig {
  batches::PredictionConfig samples;
  bool geometric = false;  // mean of a song's probabilities: the arithmetic or the geometric one
};
AskConfig ask_config(const TrainConfig& config, const augment::AugmentConfig& augment, int64_t seed);

// A trained network that is asked about songs; on this rank alone.
class Predictor {
 public:
  // InputError where the file is no checkpoint or a damaged one, or the store was made with other parameters than its.
  Predictor(const std::filesystem::path& checkpoint, const store::FeatureStore& store, int threads, int device);
  ~Predictor();
  std::vector<float> operator()(const std::vector<int>& tracks, const AskConfig& ask);  // probability [songs, classes]

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The device that this rank trains on: -1 for the CPU, else a CUDA device chosen by local rank.
int choose_device(int local_rank);
enum class Work { training, prediction };
// What train.precision comes to for a model there: fp32 or bf16.
std::string precision_of(const std::string& wanted, const std::string& model, int device, Work work);
std::string torch_version();
int nccl_of_torch();  // that LibTorch was built with, as NCCL_VERSION_CODE has it; 0: without

}  // namespace foldwave::training
