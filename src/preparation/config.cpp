#include "foldwave/core/errors.h"
#include "foldwave/preparation/preparation.h"

namespace foldwave::preparation {

void declare_options(OptionRegistry& registry) {
  registry.add({.key = "features.path",
                .default_value = "",
                .help = "directory of the feature store, which several runs may share; empty: `features` in run.dir",
                .kind = ValueKind::path,
                .effect = Effect::layout});
  registry.add({.key = "features.shard_mb",
                .default_value = "256",
                .help = "size aimed at for a shard of the store, by an estimate from the audio files' sizes; a longer "
                        "track stands alone",
                .kind = ValueKind::real,
                .unit = "MB",
                .min = 1,
                .max = 1e6,
                .effect = Effect::layout});
  registry.add({.key = "features.max_bad",
                .default_value = "0.05",
                .help =
                    "share of unusable audio files above which the run fails instead of going on without them; at the "
                    "default, up to 5 files never fail a run, nor any number beside one that can be used where "
                    "predict.checkpoints are asked",
                .kind = ValueKind::real,
                .min = 0,
                .max = 1,
                .effect = Effect::layout});
  registry.add({.key = "features.stage",
                .default_value = "",
                .help = "folder on a node's own disk, or $NAME of a variable that names one ($TMPDIR, $SLURM_TMPDIR): "
                        "the finished store is copied there once a node, checked, and read from there",
                .kind = ValueKind::path,
                .effect = Effect::layout});
  registry.add({.key = "features.verify",
                .default_value = "false",
                .help =
                    "check a finished feature store again, every byte against its checksum, and make damaged shards "
                    "anew; a new store is always checked once",
                .kind = ValueKind::flag,
                .effect = Effect::layout});
}

PrepareConfig prepare_config(const Settings& settings) {
  PrepareConfig config;
  config.store = settings.text("features.path");
  config.shard_mb = settings.real("features.shard_mb");
  config.max_bad = settings.real("features.max_bad");
  config.forgiven = config.max_bad == PrepareConfig().max_bad ? 5 : 0;  // as the default is, written out or not
  config.stage = settings.text("features.stage");
  config.verify = settings.flag("features.verify");
  if (!config.store.empty()) return config;
  if (settings.text("run.dir").empty())
    throw InputError("run.dir is not given, nor features.path: where is the feature store to be?");
  config.store = std::filesystem::path(settings.text("run.dir")) / "features";
  return config;
}

}  // namespace foldwave::preparation
