#include "jobs/options.h"

#include "foldwave/augment/augment.h"
#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/folds.h"
#include "foldwave/comm/gpus.h"
#include "foldwave/core/log.h"
#include "foldwave/ensemble/ensemble.h"
#include "foldwave/features/features.h"
#include "foldwave/models/backbones.h"
#include "foldwave/planning/planning.h"
#include "foldwave/preparation/preparation.h"
#include "foldwave/training/training.h"
#include "jobs/commands.h"

namespace foldwave::jobs {
namespace {

void declare_run_options(OptionRegistry& registry) {
  registry.add(
      {.key = "run.dir",
       .help = "the run's directory, required: results, journal, and the feature store unless features.path is given",
       .kind = ValueKind::path,
       .effect = Effect::layout});
  registry.add({.key = "run.time_limit_s",
                .default_value = "0",
                .help = "stop with everything saved after so long; 0: when SLURM's job ends",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0,
                .effect = Effect::layout});
  registry.add({.key = "run.silence_s",
                .default_value = "60",
                .help = "a rank of which nothing was heard for so long ends the launch, by name; 0: nobody watches",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0,
                .max = 86400,
                .effect = Effect::layout});
  registry.add({.key = "run.retries",
                .default_value = "3",
                .help = "launches that try a failed trial again, each once",
                .kind = ValueKind::integer,
                .min = 0,
                .max = 1000,
                .effect = Effect::layout});
  registry.add({.key = "run.shared",
                .help = "K/N: this launch is the K-th of N that train or predict every N-th trial of one run at a time",
                .effect = Effect::layout});
  registry.add(
      {.key = "run.calibration_s",
       .default_value = "2",
       .help = "how long each kind of trial is timed when training starts, for the forecast of 'foldwave plan'; 0: "
               "not at all",
       .kind = ValueKind::real,
       .unit = "s",
       .min = 0,
       .max = 3600,
       .effect = Effect::layout});
  registry.usual({"run.dir", "run.time_limit_s"});
}

void declare_plan_options(OptionRegistry& registry) {
  registry.add({.key = "plan.ranks",
                .default_value = "0",
                .help = "ranks that 'foldwave plan' plans for; 0: those of this launch, or of the run's last",
                .kind = ValueKind::integer,
                .min = 0,
                .max = 1e6,
                .effect = Effect::display});
  registry.add({.key = "plan.values",
                .help = "keys: 'foldwave plan' prints what they are set to, one a line, and nothing else",
                .list = true,
                .effect = Effect::display});
}

void declare_predict_options(OptionRegistry& registry) {
  registry.add({.key = "predict.checkpoints",
                .help =
                    "trained networks, final.safetensors of any run: 'foldwave predict' asks them about the songs of "
                    "data.test, which needs no data.train then; * and ? stand for characters of a name",
                .kind = ValueKind::path,
                .list = true,
                .effect = Effect::layout});
  registry.add({.key = "predict.meta_model",
                .help = "meta_model.json of the checkpoints' run: their models are combined as they were there; empty: "
                        "by their geometric mean, or as stack.method says",
                .kind = ValueKind::path,
                .effect = Effect::layout});
}

void declare_log_options(OptionRegistry& registry) {
  registry.add({.key = "log.level",
                .default_value = "info",
                .help = "or --log-level; from where the terminal shows lines and each rank's log (RUN/logs) keeps them",
                .choices = log_level_names(),
                .effect = Effect::display});
  registry.add({.key = "log.quiet",
                .default_value = "false",
                .help = "or --quiet; the terminal shows errors and the outcome alone, the logs keep all",
                .kind = ValueKind::flag,
                .effect = Effect::display});
  registry.usual({"log.level", "log.quiet"});
}

void declare_status_options(OptionRegistry& registry) {
  registry.add({.key = "status.format",
                .default_value = "text",
                .help = "or --format; what 'foldwave status' prints",
                .choices = {"text", "json"},
                .effect = Effect::display});
  registry.add({.key = "status.watch",
                .default_value = "0",
                .help = "shows the status again every so often until the run ends; --watch alone: 2",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0,
                .max = 86400,
                .effect = Effect::display});
}

void declare_report_options(OptionRegistry& registry) {
  registry.add({.key = "report.format",
                .default_value = "html",
                .help = "or --format; html: 'foldwave report' writes report/index.html; text: it prints the report",
                .choices = {"html", "text"},
                .effect = Effect::display});
}

void declare_bench_options(OptionRegistry& registry) {
  registry.add({.key = "bench.what",
                .default_value = "dispatch",
                .help = "what 'foldwave bench' measures",
                .choices = benchmark_names(),
                .effect = Effect::display});
  registry.add({.key = "bench.items",
                .default_value = "1000000",
                .help = "items to hand out, or rows of the made-up catalogue",
                .kind = ValueKind::integer,
                .min = 1000,
                .max = 1e8,
                .effect = Effect::display});
  registry.add({.key = "bench.steps",
                .default_value = "10",
                .help = "steps that are timed together in train and predict",
                .kind = ValueKind::integer,
                .min = 1,
                .max = 1e6,
                .effect = Effect::display});
  registry.add({.key = "bench.repeats",
                .default_value = "5",
                .help = "times that train and predict measure bench.steps, and stack fits; the median is the result",
                .kind = ValueKind::integer,
                .min = 1,
                .max = 1000,
                .effect = Effect::display});
  registry.add({.key = "bench.trials",
                .default_value = "64",
                .help = "made-up trials that packing hands out",
                .kind = ValueKind::integer,
                .min = 1,
                .max = 1e6,
                .effect = Effect::display});
  registry.add({.key = "bench.trial_s",
                .default_value = "1",
                .help = "how long one of them sleeps in the mean",
                .kind = ValueKind::real,
                .unit = "s",
                .min = 0.001,
                .max = 1000,
                .effect = Effect::display});
}

void declare_explore_options(OptionRegistry& registry) {
  registry.add({.key = "explore.tracks",
                .help = "song ids: 'foldwave explore' draws their spectrograms",
                .list = true,
                .effect = Effect::display});
  registry.add({.key = "explore.per_genre",
                .default_value = "1",
                .help = "spectrograms of so many training tracks of each genre, where explore.tracks names none",
                .kind = ValueKind::integer,
                .min = 0,
                .max = 1000,
                .effect = Effect::display});
  registry.add({.key = "explore.images",
                .default_value = "none",
                .help = "all: also a bare picture of every track's spectrogram, a pixel a frame and mel bin",
                .choices = {"none", "all"},
                .effect = Effect::display});
}

void declare_forward_options(OptionRegistry& registry) {
  registry.add({.key = "forward.input",
                .help = "or --input; HDF5 file with /x, float32 [n, channels, height, width]",
                .kind = ValueKind::path,
                .effect = Effect::display});
  registry.add({.key = "forward.output",
                .help = "or --output; HDF5 file to write, with /logits, float32 [n, classes]",
                .kind = ValueKind::path,
                .effect = Effect::display});
}

}  // namespace

OptionRegistry all_options() {
  OptionRegistry registry;
  declare_run_options(registry);
  declare_plan_options(registry);
  declare_predict_options(registry);
  declare_status_options(registry);
  declare_report_options(registry);
  declare_bench_options(registry);
  declare_explore_options(registry);
  declare_forward_options(registry);
  declare_log_options(registry);
  declare_slurm_options(registry);
  comm::declare_options(registry);
  planning::declare_options(registry);
  catalog::declare_options(registry);
  catalog::declare_fold_options(registry);
  audio::declare_options(registry);
  features::declare_options(registry);
  preparation::declare_options(registry);
  augment::declare_options(registry);
  models::declare_options(registry);
  training::declare_options(registry);
  ensemble::declare_options(registry);
  return registry;
}

}  // namespace foldwave::jobs
