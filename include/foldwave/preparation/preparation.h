// Audio to feature store: shard by shard over the ranks, unusable files set aside, whatever is already there kept.
#pragma once

#include <filesystem>
#include <string>

#include "foldwave/audio/audio.h"
#include "foldwave/catalog/catalog.h"
#include "foldwave/catalog/quarantine.h"
#include "foldwave/comm/group.h"
#include "foldwave/core/options.h"
#include "foldwave/core/progress.h"
#include "foldwave/features/features.h"
#include "foldwave/store/store.h"

namespace foldwave::preparation {

struct PrepareConfig {
  std::filesystem::path store;       // the feature store's directory
  double shard_mb = 256;             // no shard larger than about this
  double max_bad = 0.05;             // share of unusable files above which the run fails
  int forgiven = 0;                  // so many are no failure whatever their share
  std::string stage;                 // where nodes keep a copy of the finished store (StagedStore); empty: nowhere
  bool verify = false;               // read a finished store as a whole, and mend what is damaged
  std::filesystem::path quarantine;  // where they are listed when they are too many; empty: nowhere
};
void declare_options(OptionRegistry& registry);          // features.path, .shard_mb, .max_bad, .stage, .verify
PrepareConfig prepare_config(const Settings& settings);  // features.path empty: run.dir/features

struct PrepareOutcome {
  int shards_made = 0, shards_kept = 0;
  bool verified = false;           // every shard was compared with its checksums
  int damaged_tracks = 0;          // that were found so; their shards are among those made
  double audio_s = 0;              // duration of the usable tracks
  catalog::Quarantine quarantine;  // of the whole store
};

// Collective over `group`; the outcome is the same on all ranks. A finished store of the same catalogue and parameters
// is left as it is (or verified); another one is InputError, naming what differs. Several runs may make the same store
// at once. A file that crashes its reader ends the launch; it is tried once more by the next one and then set aside.
// Throws Stopped when the stop flag was raised.
PrepareOutcome prepare(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                       const features::FeatureConfig& features, const PrepareConfig& config, const comm::Group& group,
                       ProgressSink& progress);

// What a store that is not there yet will take, by the sizes of the audio files (of up to 20,000 of them): rather too
// much than too little, for compressed audio. No files: none of the music is there.
struct StoreSize {
  double mib = 0;
  int64_t files = 0;
};
StoreSize expected_store_size(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                              const features::FeatureConfig& features, const PrepareConfig& config, int ranks);

// InputError, naming what differs, where the store that is there (finished or not) is of another catalogue or
// parameters.
void refuse_other_store(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                        const features::FeatureConfig& features, const PrepareConfig& config);

// "features.n_mels is 64 there and 128 here; ...": how these parameters differ from those that a store or a checkpoint
// was made with, as its feature_json has them; empty where they do not.
std::string feature_differences(const std::string& feature_json_there, const audio::AudioConfig& audio,
                                const features::FeatureConfig& features);

// The finished store of this catalogue with these parameters. InputError where it is not finished, or is another one,
// naming what differs.
store::FeatureStore open_store(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                               const features::FeatureConfig& features, const PrepareConfig& config);

}  // namespace foldwave::preparation
