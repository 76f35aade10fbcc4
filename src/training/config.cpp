#include "foldwave/core/errors.h"
#include "foldwave/training/training.h"

namespace foldwave::training {
namespace {

constexpr auto integer = ValueKind::integer, real = ValueKind::real;
constexpr auto layout = Effect::layout;

void declare_steps(OptionRegistry& registry) {
  registry.add({.key = "train.epochs",
                .default_value = "20",
                .help = "passes over the training songs",
                .kind = integer,
                .unit = "epochs",
                .min = 1,
                .max = 100000});
  registry.add({.key = "train.batch",
                .default_value = "32",
                .help = "songs of a step, over all ranks of a trial",
                .kind = integer,
                .unit = "songs",
                .min = 1,
                .max = 65536});
  registry.add({.key = "train.accumulate",
                .default_value = "1",
                .help = "parts that a step goes through the network in, one after the other, so that large batches fit "
                        "into memory; batch normalisation sees a part",
                .kind = integer,
                .unit = "parts",
                .min = 1,
                .max = 4096});
  registry.add({.key = "train.sync_batchnorm",
                .default_value = "true",
                .help = "batch normalisation over all ranks of a trial, whose number then changes no more than "
                        "roundings; false: over "
                        "each rank's share of the batch, which is faster where ranks talk slowly",
                .kind = ValueKind::flag});
  registry.add({.key = "train.crop_frames",
                .default_value = "256",
                .help = "width of a crop of the spectrogram",
                .kind = integer,
                .unit = "frames",
                .min = 8,
                .max = 65536});
  registry.add({.key = "train.short_songs",
                .default_value = "pad",
                .help = "a song shorter than a crop is padded with silence, or repeated (tile)",
                .choices = {"pad", "tile"}});
  registry.add(
      {.key = "train.precision",
       .default_value = "auto",
       .help = "arithmetic of convolutions and products: auto is bf16 for the backbones that gain by it, on GPUs and "
               "on CPUs with instructions for it",
       .choices = {"auto", "fp32", "bf16"}});
}

void declare_optimiser(OptionRegistry& registry) {
  registry.add({.key = "train.optimiser",
                .default_value = "adamw",
                .help = "adamw, or sgd with Nesterov momentum, both as PyTorch's",
                .choices = {"adamw", "sgd"}});
  registry.add({.key = "train.lr",
                .default_value = "0.001",
                .help = "learning rate, the schedule's highest",
                .kind = real,
                .min = 0,
                .max = 10});
  registry.add({.key = "train.momentum",
                .default_value = "0.9",
                .help = "of sgd; one_cycle takes it from 0.95 to 0.85 and back instead",
                .kind = real,
                .min = 0,
                .max = 0.9999});
  registry.add({.key = "train.weight_decay",
                .default_value = "0.01",
                .help = "the optimiser's weight decay",
                .kind = real,
                .min = 0,
                .max = 10});
  registry.add(
      {.key = "train.weight_decay_on",
       .default_value = "all",
       .help = "what decays: all as PyTorch does, or matrices and kernels alone, not biases and normalisations",
       .choices = {"all", "matrices"}});
  registry.add({.key = "train.schedule",
                .default_value = "one_cycle",
                .help = "course of the learning rate: one_cycle as PyTorch's OneCycleLR, cosine after a warm-up, or "
                        "constant",
                .choices = {"one_cycle", "cosine", "constant"}});
  registry.add({.key = "train.warm_up",
                .default_value = "0.05",
                .help = "share of the steps in which cosine's learning rate rises",
                .kind = real,
                .min = 0,
                .max = 0.99});
  registry.add({.key = "train.head_epochs",
                .default_value = "0",
                .help = "fine-tuning: at first the classifier alone learns, for so many of train.epochs",
                .kind = integer,
                .unit = "epochs",
                .min = 0,
                .max = 100000});
  registry.add({.key = "train.body_lr",
                .default_value = "1",
                .help = "fine-tuning: learning rate of all but the classifier, in units of train.lr",
                .kind = real,
                .min = 0,
                .max = 1000});
  registry.add({.key = "train.gradient_clip",
                .default_value = "0",
                .help = "greatest norm of the gradient; 0: not clipped",
                .kind = real,
                .min = 0,
                .max = 1e6});
}

void declare_goal(OptionRegistry& registry) {
  registry.add({.key = "train.label_smoothing",
                .default_value = "0",
                .help = "share of the label that is spread over all classes",
                .kind = real,
                .min = 0,
                .max = 0.99});
  registry.add(
      {.key = "train.class_weights",
       .default_value = "none",
       .help = "what a song counts in the loss: none: 1, balanced: songs / (classes there * songs of its class), as "
               "scikit-learn's",
       .choices = {"none", "balanced"}});
  registry.add({.key = "train.select",
                .default_value = "last",
                .help =
                    "weights that are kept: of the last epoch, their exponential average (ema), or of the epoch with "
                    "the best validation macro F1 (best: optimistic on the rows it chose by)",
                .choices = {"last", "ema", "best"}});
  registry.add({.key = "train.ema_decay",
                .default_value = "0.99",
                .help = "what the average of weights keeps of itself in a step, less in the first ones",
                .kind = real,
                .min = 0,
                .max = 0.999999});
  registry.add({.key = "train.patience",
                .default_value = "0",
                .help =
                    "epochs without a better validation macro F1 before a trial ends early (optimistic, as best is); "
                    "0: it never does",
                .kind = integer,
                .unit = "epochs",
                .min = 0,
                .max = 100000});
  // As the grid, it only adds trials: layout, so that those that are finished keep their identity.
  registry.add({.key = "train.refit_all",
                .default_value = "false",
                .help =
                    "beside the folds one more fit on all training songs: a model's test probabilities are then the "
                    "mean over its folds' fits and this one; not with folds.only, train.select = best or "
                    "train.patience",
                .kind = ValueKind::flag,
                .effect = layout});
}

void refuse_refit_without_validation(const Settings& settings, const TrainConfig& config) {
  if (!settings.flag("train.refit_all")) return;
  const auto refuse = [&](const char* key, const char* judges) {
    throw InputError(settings.where(key) + " = " + settings.text(key) + " " + judges +
                     " by validation songs, and the fit on all songs that train.refit_all = " +
                     settings.text("train.refit_all") + " asks for has none");
  };
  if (config.select == "best") refuse("train.select", "chooses an epoch");
  if (config.patience > 0) refuse("train.patience", "ends a trial");
}

}  // namespace

void declare_options(OptionRegistry& registry) {
  declare_steps(registry);
  declare_optimiser(registry);
  declare_goal(registry);
  registry.add({"train.threads",
                "0",
                "threads of a rank; 0: as many as the cores it may use",
                integer,
                "threads",
                0,
                1024,
                {},
                false,
                layout});
  registry.add({"train.checkpoint_s",
                "60",
                "least time between two checkpoints of a trial",
                real,
                "s",
                0,
                1e6,
                {},
                false,
                layout});
  registry.add({.key = "train.log_steps",
                .default_value = "50",
                .help = "steps between two whose loss and learning rate are logged; the last of an epoch always is",
                .kind = integer,
                .unit = "steps",
                .min = 1,
                .max = 1e9,
                .effect = Effect::display});
  registry.add({.key = "predict.crops",
                .default_value = "4",
                .help = "crops of a song that are asked about, in validation and prediction",
                .kind = integer,
                .unit = "crops",
                .min = 1,
                .max = 1024});
  registry.add({.key = "predict.augmented_passes",
                .default_value = "0",
                .help = "more crops of each song, augmented as in training",
                .kind = integer,
                .unit = "crops",
                .min = 0,
                .max = 1024});
  registry.add({.key = "predict.combine",
                .default_value = "mean",
                .help = "how the probabilities of a song's crops become one",
                .choices = {"mean", "geometric"}});
  registry.usual({"train.epochs", "train.batch", "train.crop_frames", "train.lr", "train.precision", "predict.crops"});
}

bool reads(const Settings& settings, const std::string& key) {
  if (key == "train.warm_up") return settings.text("train.schedule") == "cosine";
  if (key == "train.ema_decay") return settings.text("train.select") == "ema";
  if (key == "train.momentum")
    return settings.text("train.optimiser") == "sgd" && settings.text("train.schedule") != "one_cycle";
  return true;
}

TrainConfig train_config(const Settings& settings) {
  const auto whole = [&](const char* key) { return static_cast<int>(settings.integer(key)); };
  TrainConfig config;
  config.epochs = whole("train.epochs");
  config.batch = whole("train.batch");
  config.accumulate = whole("train.accumulate");
  config.sync_batchnorm = settings.flag("train.sync_batchnorm");
  config.optimiser = settings.text("train.optimiser");
  config.momentum = settings.real("train.momentum");
  config.decay_matrices_only = settings.text("train.weight_decay_on") == "matrices";
  config.warm_up = settings.real("train.warm_up");
  config.head_epochs = whole("train.head_epochs");
  config.body_lr = settings.real("train.body_lr");
  config.balanced_classes = settings.text("train.class_weights") == "balanced";
  config.patience = whole("train.patience");
  config.lr = settings.real("train.lr");
  config.weight_decay = settings.real("train.weight_decay");
  config.schedule = settings.text("train.schedule");
  config.label_smoothing = settings.real("train.label_smoothing");
  config.precision = settings.text("train.precision");
  config.crop_frames = whole("train.crop_frames");
  config.select = settings.text("train.select");
  config.ema_decay = settings.real("train.ema_decay");
  config.gradient_clip = settings.real("train.gradient_clip");
  config.tile = settings.text("train.short_songs") == "tile";
  config.crops = whole("predict.crops");
  config.augmented_passes = whole("predict.augmented_passes");
  config.combine = settings.text("predict.combine");
  config.threads = whole("train.threads");
  config.checkpoint_s = settings.real("train.checkpoint_s");
  config.log_steps = whole("train.log_steps");
  if (config.head_epochs >= config.epochs && config.head_epochs > 0)
    throw InputError(settings.where("train.head_epochs") + " = " + settings.text("train.head_epochs") +
                     " leaves no epoch of train.epochs = " + settings.text("train.epochs") + " to the whole network");
  refuse_refit_without_validation(settings, config);
  return config;
}

AskConfig ask_config(const TrainConfig& config, const augment::AugmentConfig& augment, int64_t seed) {
  return {{config.crops, config.augmented_passes, augment, static_cast<uint32_t>(seed)}, config.combine == "geometric"};
}

}  // namespace foldwave::training
