#include <deque>
#include <unordered_map>

#include "foldwave/core/errors.h"
#include "foldwave/formats/crc32c.h"
#include "foldwave/store/store.h"
#include "store/index.h"
#include "store/layout.h"
#include "store/shard_file.h"

namespace foldwave::store {
namespace {

using formats::Half;

StoreIndex require_index(const std::filesystem::path& directory) {
  if (is_finished(directory)) return read_index(index_path(directory));
  if (!std::filesystem::exists(plan_path(directory)))
    throw InputError(directory.string() + ": no feature store is here (no plan.json)");
  throw InputError(directory.string() +
                   ": the feature store is unfinished (no index.h5); `foldwave prepare` finishes it");
}

void require_columns(const StoreIndex& index, const features::FeatureConfig& config,
                     const std::filesystem::path& path) {
  const uint64_t frame_bytes = static_cast<uint64_t>(config.n_mels) * sizeof(Half);
  bool fit = index.mfcc_summary.size() == index.tracks() * 4 * static_cast<size_t>(config.n_mfcc);
  for (size_t track = 0; track < index.tracks(); ++track) {
    fit = fit && index.payload_bytes[track * payloads + waveform] % sizeof(int16_t) == 0 &&
          index.payload_bytes[track * payloads + mel] % frame_bytes == 0;
  }
  if (!fit) throw InputError(path.string() + ": its payloads do not have the shapes of its features");
}

// Room for what is converted on its way out; it grows to the longest crop and stays, so that reading allocates nothing.
template <class T>
std::span<T> scratch(size_t size) {
  thread_local std::vector<T> values;
  if (values.size() < size) values.resize(size);
  return {values.data(), size};
}

}  // namespace

struct FeatureStore::State {
  StoreIndex index;
  features::FeatureConfig features;
  std::deque<ShardFile> shards;
  std::unordered_map<std::string, int> track_of;
  std::map<std::string, std::string> unusable;

  State(StoreIndex from, const std::filesystem::path& directory)
      : index(std::move(from)), features(features::feature_config_from_json(index.feature_config)) {
    require_columns(index, features, index_path(directory));
    for (int shard = 0; shard < index.plan.shards(); ++shard) shards.emplace_back(shard_path(directory, shard));
    for (size_t i = 0; i < index.tracks(); ++i) track_of.emplace(index.song_id[i], static_cast<int>(i));
    for (size_t i = 0; i < index.unusable_song_id.size(); ++i)
      unusable[index.unusable_song_id[i]] = index.unusable_reason[i];
  }

  size_t at(int track) const {
    if (track < 0 || static_cast<size_t>(track) >= index.tracks())
      throw SystemError("track " + std::to_string(track) + " is not in the feature store");
    return static_cast<size_t>(track);
  }
  uint64_t bytes(int track, Payload payload) const { return index.payload_bytes[at(track) * payloads + payload]; }
  const ShardFile& file(int track) const { return shards[static_cast<size_t>(index.shard[at(track)])]; }

  // Bytes [begin, begin + out.size()) of a track's payload.
  void read(int track, Payload payload, uint64_t begin, std::span<std::byte> out) const {
    if (begin > bytes(track, payload) || out.size() > bytes(track, payload) - begin) {
      throw SystemError("reading " + payload_names[payload] + " of track '" + index.song_id[at(track)] + "': bytes " +
                        std::to_string(begin) + " to " + std::to_string(begin + out.size()) + " of " +
                        std::to_string(bytes(track, payload)));
    }
    file(track).read(index.payload_offset[at(track) * payloads + payload] + begin, out, index.song_id[at(track)],
                     payload_names[payload]);
  }
};

FeatureStore::FeatureStore(const std::filesystem::path& directory)
    : state_(new State(require_index(directory), directory)) {}
FeatureStore::~FeatureStore() = default;

const StorePlan& FeatureStore::plan() const { return state_->index.plan; }
const features::FeatureConfig& FeatureStore::features() const { return state_->features; }
const std::map<std::string, std::string>& FeatureStore::unusable() const { return state_->unusable; }
int FeatureStore::tracks() const { return static_cast<int>(state_->index.tracks()); }

const std::string& FeatureStore::song_id(int track) const { return state_->index.song_id[state_->at(track)]; }

int FeatureStore::find(const std::string& song_id) const {
  const auto found = state_->track_of.find(song_id);
  return found == state_->track_of.end() ? -1 : found->second;
}

int FeatureStore::frames(int track) const {
  return static_cast<int>(state_->bytes(track, mel) / (static_cast<uint64_t>(state_->features.n_mels) * sizeof(Half)));
}
int64_t FeatureStore::samples(int track) const {
  return static_cast<int64_t>(state_->bytes(track, waveform) / sizeof(int16_t));
}
double FeatureStore::duration_s(int track) const { return state_->index.duration_s[state_->at(track)]; }
int64_t FeatureStore::trim_begin(int track) const { return state_->index.trim[2 * state_->at(track)]; }
int64_t FeatureStore::trim_end(int track) const { return state_->index.trim[2 * state_->at(track) + 1]; }
float FeatureStore::mel_ref(int track) const { return state_->index.mel_ref[state_->at(track)]; }

void FeatureStore::read_mel_db(int track, int first_frame, std::span<float> out) const {
  const auto half = scratch<Half>(out.size());
  const uint64_t first_value = static_cast<uint64_t>(first_frame) * static_cast<uint64_t>(state_->features.n_mels);
  state_->read(track, mel, first_value * sizeof(Half), std::as_writable_bytes(half));
  formats::to_float(half, out);
}

void FeatureStore::read_waveform(int track, int64_t first_sample, std::span<float> out) const {
  const auto steps = scratch<int16_t>(out.size());
  state_->read(track, waveform, static_cast<uint64_t>(first_sample) * sizeof(int16_t), std::as_writable_bytes(steps));
  const float scale = state_->index.waveform_scale[state_->at(track)];
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(steps[i]) * scale;
}

std::span<const float> FeatureStore::mfcc_summary(int track) const {
  const size_t columns = 4 * static_cast<size_t>(state_->features.n_mfcc);
  return std::span(state_->index.mfcc_summary).subspan(state_->at(track) * columns, columns);
}

void FeatureStore::verify(int track) const {
  std::vector<std::byte> bytes;
  for (size_t p = 0; p < payloads; ++p) {
    const auto payload = static_cast<Payload>(p);
    bytes.resize(state_->bytes(track, payload));
    state_->read(track, payload, 0, bytes);
    if (formats::crc32c(bytes) == state_->index.crc32c[state_->at(track) * payloads + p]) continue;
    throw SystemError("'" + state_->file(track).path().string() + "' is damaged: " + payload_names[payload] +
                      " of track '" + state_->index.song_id[state_->at(track)] + "' does not match its CRC32C");
  }
}

}  // namespace foldwave::store
