#include "preparation/plan.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "foldwave/core/errors.h"
#include "foldwave/preparation/preparation.h"
#include "preparation/file_sizes.h"

namespace foldwave::preparation {
namespace {

using Json = nlohmann::json;

// So that all ranks end at about the same time: the last shard is a small part of what each does.
constexpr int shards_per_rank = 16;

// A low rate for files of such a name, so that durations are rather over- than underestimated.
double file_bytes_per_s(const std::filesystem::path& path) {
  static const std::set<std::string> compressed = {".ogg", ".oga", ".opus", ".mp3"};
  if (compressed.contains(path.extension().string())) return 12'000;
  return path.extension() == ".flac" ? 40'000 : 88'200;  // else: PCM, mono, 44.1 kHz
}

double store_bytes_per_s(const features::FeatureConfig& config) {
  const double frames_per_s = static_cast<double>(config.sample_rate) / config.hop_length;
  return 2.0 * config.sample_rate + frames_per_s * (2.0 * config.n_mels + 4.0 * config.n_mfcc);
}

int64_t estimated_bytes(const std::filesystem::path& file, int64_t file_bytes, const audio::AudioConfig& audio,
                        const features::FeatureConfig& features) {
  if (file_bytes == no_file) return 1;  // it will be set aside
  double seconds = std::max(0.0, static_cast<double>(file_bytes) / file_bytes_per_s(file) - audio.offset_s);
  if (audio.max_seconds > 0) seconds = std::min(seconds, audio.max_seconds);
  return 1 + std::llround(seconds * store_bytes_per_s(features));
}

// Fills one shard after the other up to `limit` bytes, the last quarter of all bytes in shards of a quarter of that, so
// that all ranks end at about the same time. A track that is larger has a shard of its own.
std::vector<int64_t> partition(const std::vector<int64_t>& bytes, int64_t limit) {
  std::vector<int64_t> first_row = {0};
  int64_t left = std::accumulate(bytes.begin(), bytes.end(), int64_t{0});
  const int64_t last_quarter = left / 4;
  int64_t filled = 0;
  for (size_t row = 0; row < bytes.size(); ++row) {
    if (filled > 0 && filled + bytes[row] > (left > last_quarter ? limit : std::max<int64_t>(1, limit / 4))) {
      first_row.push_back(static_cast<int64_t>(row));
      filled = 0;
    }
    filled += bytes[row];
    left -= bytes[row];
  }
  first_row.push_back(static_cast<int64_t>(bytes.size()));
  return first_row;
}

std::string differences(const Json& there, const Json& wanted) {
  std::string text;
  const auto differs = [&](const std::string& key, const Json& old_value, const Json& new_value) {
    text += (text.empty() ? "" : "; ") + ("features." + key) + " is " + old_value.dump() + " there and " +
            new_value.dump() + " here";
  };
  for (const auto& [key, value] : wanted.items()) {
    if (!there.contains(key))
      differs(key, nullptr, value);
    else if (there[key] != value)
      differs(key, there[key], value);
  }
  for (const auto& [key, value] : there.items()) {
    if (!wanted.contains(key)) differs(key, value, nullptr);
  }
  return text;
}

}  // namespace

std::string feature_json(const audio::AudioConfig& audio, const features::FeatureConfig& features) {
  Json json = Json::parse(features::to_json(features));
  json["sample_rate"] = audio.sample_rate;
  json["offset_seconds"] = audio.offset_s;
  json["max_seconds"] = audio.max_seconds;
  json["trim_db"] = audio.trim_db;
  json["trim_frame_length"] = audio.trim_frame_length;
  json["trim_hop_length"] = audio.trim_hop_length;
  return json.dump();
}

store::StorePlan make_plan(const catalog::Catalog& catalog, std::span<const int64_t> file_bytes,
                           const audio::AudioConfig& audio, const features::FeatureConfig& features, double shard_mb,
                           int ranks) {
  std::vector<int64_t> bytes;
  int64_t total = 0;
  for (size_t track = 0; track < catalog.tracks.size(); ++track) {
    bytes.push_back(estimated_bytes(catalog.tracks[track].path, file_bytes[track], audio, features));
    total += bytes.back();
  }
  if (bytes.empty()) throw InputError("the tables name no tracks");
  const int64_t shards =
      std::min<int64_t>(static_cast<int64_t>(ranks) * shards_per_rank, static_cast<int64_t>(bytes.size()));
  const int64_t limit = std::min(std::llround(shard_mb * 1e6), static_cast<long long>((total + shards - 1) / shards));
  return {feature_json(audio, features), catalog.hash(), partition(bytes, limit)};
}

StoreSize expected_store_size(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                              const features::FeatureConfig& features, const PrepareConfig& config, int ranks) {
  constexpr size_t most_looks = 20'000;
  const size_t tracks = catalog.tracks.size(), step = (tracks + most_looks - 1) / most_looks;
  std::vector<int64_t> file_bytes;  // those between two looks: as the first
  double bytes = 0;
  for (size_t track = 0; track < tracks; ++track) {
    const auto path = catalog.file_of(static_cast<int>(track));
    file_bytes.push_back(track % step == 0 ? bytes_of_file(path) : file_bytes.back());
    bytes += static_cast<double>(estimated_bytes(path, file_bytes.back(), audio, features));
  }
  if (std::ranges::all_of(file_bytes, [](int64_t size) { return size == no_file; })) return {};
  const store::StorePlan plan = make_plan(catalog, file_bytes, audio, features, config.shard_mb, ranks);
  constexpr int64_t beside_shards = 2;  // plan.json, index.h5
  return {bytes / 1024 / 1024, static_cast<int64_t>(plan.first_row.size()) - 1 + beside_shards};
}

std::string feature_differences(const std::string& feature_json_there, const audio::AudioConfig& audio,
                                const features::FeatureConfig& features) {
  return differences(Json::parse(feature_json_there), Json::parse(feature_json(audio, features)));
}

void require_same(const store::StorePlan& there, const std::string& feature_json, const std::string& catalog_hash,
                  const std::filesystem::path& directory) {
  std::string text = differences(Json::parse(there.feature_json), Json::parse(feature_json));
  if (there.catalog_hash != catalog_hash)
    text += std::string(text.empty() ? "" : "; ") + "it was made from other tables than data.train and data.test";
  if (text.empty()) return;
  throw InputError(directory.string() + ": the feature store there is another one: " + text +
                   ". Give another features.path, or the same settings and tables");
}

}  // namespace foldwave::preparation
