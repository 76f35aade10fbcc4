#include "foldwave/training/training.h"

namespace foldwave::training {
namespace {

constexpr auto text = ValueKind::text, integer = ValueKind::integer, real = ValueKind::real;
constexpr auto layout = Effect::layout;
constexpr double unbounded = std::numeric_limits<double>::infinity();

void declare_recipe(OptionRegistry& registry) {
  registry.add({"train.epochs", "20", "passes over the training songs", integer, "epochs", 1, 100000, {}});
  registry.add({"train.batch", "32", "songs of a step, over all ranks of a trial", integer, "songs", 1, 65536, {}});
  registry.add({"train.lr", "0.001", "AdamW's learning rate, the schedule's highest", real, "", 0, 10, {}});
  registry.add({"train.weight_decay", "0.01", "AdamW's weight decay", real, "", 0, 10, {}});
  registry.add({"train.schedule",
                "one_cycle",
                "course of the learning rate: one_cycle as PyTorch's OneCycleLR, cosine after a warm-up over 5 % of "
                "the steps, or constant",
                text,
                "",
                -unbounded,
                unbounded,
                {"one_cycle", "cosine", "constant"}});
  registry.add(
      {"train.label_smoothing", "0", "share of the label that is spread over all classes", real, "", 0, 0.99, {}});
  registry.add({"train.gradient_clip", "0", "greatest norm of the gradient; 0: not clipped", real, "", 0, 1e6, {}});
  registry.add({"train.crop_frames", "256", "width of a crop of the spectrogram", integer, "frames", 8, 65536, {}});
  registry.add({"train.select",
                "last",
                "weights that are kept: of the last epoch, their exponential average (ema), or of the epoch with the "
                "best validation macro F1 (best: optimistic on the rows it chose by)",
                text,
                "",
                -unbounded,
                unbounded,
                {"last", "ema", "best"}});
  registry.add({"train.ema_decay",
                "0.99",
                "what the average of weights keeps of itself in a step, less in the first ones",
                real,
                "",
                0,
                0.999999,
                {}});
  registry.add({"train.precision",
                "auto",
                "arithmetic of convolutions and products: auto is bf16 for backbones on spectrograms where the "
                "processor has instructions for it",
                text,
                "",
                -unbounded,
                unbounded,
                {"auto", "fp32", "bf16"}});
}

}  // namespace

void declare_options(OptionRegistry& registry) {
  declare_recipe(registry);
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
  registry.add({"predict.crops",
                "4",
                "crops of a song whose probabilities are averaged, in validation and prediction",
                integer,
                "crops",
                1,
                1024,
                {}});
}

TrainConfig train_config(const Settings& settings) {
  const auto whole = [&](const char* key) { return static_cast<int>(settings.integer(key)); };
  TrainConfig config;
  config.epochs = whole("train.epochs");
  config.batch = whole("train.batch");
  config.lr = settings.real("train.lr");
  config.weight_decay = settings.real("train.weight_decay");
  config.schedule = settings.text("train.schedule");
  config.label_smoothing = settings.real("train.label_smoothing");
  config.precision = settings.text("train.precision");
  config.crop_frames = whole("train.crop_frames");
  config.select = settings.text("train.select");
  config.ema_decay = settings.real("train.ema_decay");
  config.gradient_clip = settings.real("train.gradient_clip");
  config.crops = whole("predict.crops");
  config.threads = whole("train.threads");
  config.checkpoint_s = settings.real("train.checkpoint_s");
  return config;
}

}  // namespace foldwave::training
