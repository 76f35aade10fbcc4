// Which tracks go to which shard, decided before a file is decoded; and whether a store that is there was planned
// alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "foldwave/audio/audio.h"
#include "foldwave/catalog/catalog.h"
#include "foldwave/features/features.h"
#include "foldwave/store/store.h"

namespace foldwave::preparation {

std::string feature_json(const audio::AudioConfig& audio,
                         const features::FeatureConfig& features);  // keys as under [features]

// Shards of about equal size by estimate: several for each rank, none above shard_mb. `file_bytes`: of every track.
store::StorePlan make_plan(const catalog::Catalog& catalog, std::span<const int64_t> file_bytes,
                           const audio::AudioConfig& audio, const features::FeatureConfig& features, double shard_mb,
                           int ranks);

// InputError that names the keys, with their values there and here, in which the plan of the store `directory` differs.
void require_same(const store::StorePlan& there, const std::string& feature_json, const std::string& catalog_hash,
                  const std::filesystem::path& directory);

}  // namespace foldwave::preparation
