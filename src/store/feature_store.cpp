#include <algorithm>
#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/features/block_features.h"
#include "foldwave/formats/crc32c.h"
#include "foldwave/store/store.h"
#include "store/index.h"
#include "store/layout.h"
#include "store/patience.h"
#include "store/shard_files.h"
#include "store/track_table.h"
#include "store/window_summaries.h"

namespace foldwave::store {
namespace {

using formats::Half;

IndexReader require_index(const std::filesystem::path& directory) {
  const auto path = index_path(directory);
  if (!std::filesystem::exists(path) && !std::filesystem::exists(plan_path(directory)))
    throw InputError(directory.string() + ": no feature store is here (no plan.json)");
  await_file(path);
  if (!std::filesystem::exists(path)) {
    throw InputError(directory.string() +
                     ": the feature store is unfinished (no index.h5); `foldwave prepare` finishes it");
  }
  return IndexReader(path);
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
  std::filesystem::path directory;
  StorePlan plan;
  features::FeatureConfig features;
  std::map<std::string, std::string> unusable;
  TrackTable table;
  ShardFiles files;
  int summary_columns;
  mutable WindowSummaries windows;
  mutable KeptRows blocks;

  State(IndexReader index, const std::filesystem::path& from)
      : directory(from),
        plan(std::move(index.plan)),
        features(features::feature_config_from_json(index.feature_config)),
        unusable(std::move(index.unusable)),
        table(features, plan.shards(), index.tracks),
        files(from, plan.shards()),
        summary_columns(static_cast<int>(features::summary_names(features).size())),
        windows(features) {
    IndexRows rows;
    while (index.next(rows)) table.append(rows, index_path(from).string());
  }

  size_t at(int track) const {
    if (track < 0 || static_cast<size_t>(track) >= table.tracks())
      throw SystemError("track " + std::to_string(track) + " is not in the feature store");
    return static_cast<size_t>(track);
  }

  // Bytes [begin, begin + out.size()) of a track's payload.
  void read(int track, Payload payload, uint64_t begin, std::span<std::byte> out) const {
    const size_t t = at(track);
    const Extent extent = table.extent(t, payload);
    if (begin > extent.bytes || out.size() > extent.bytes - begin) {
      throw SystemError("reading " + payload_names[payload] + " of track '" + std::string(table.song_id[t]) +
                        "': bytes " + std::to_string(begin) + " to " + std::to_string(begin + out.size()) + " of " +
                        std::to_string(extent.bytes));
    }
    files.read(table.shard(t), extent.offset + begin, out, table.song_id[t], payload_names[payload]);
  }
};

FeatureStore::FeatureStore(const std::filesystem::path& directory)
    : state_(new State(require_index(directory), directory)) {}
FeatureStore::~FeatureStore() = default;

const StorePlan& FeatureStore::plan() const { return state_->plan; }
const features::FeatureConfig& FeatureStore::features() const { return state_->features; }
const std::map<std::string, std::string>& FeatureStore::unusable() const { return state_->unusable; }
int FeatureStore::tracks() const { return static_cast<int>(state_->table.tracks()); }

std::string_view FeatureStore::song_id(int track) const { return state_->table.song_id[state_->at(track)]; }
int FeatureStore::find(std::string_view song_id) const { return state_->table.song_id.find(song_id); }

int FeatureStore::frames(int track) const { return static_cast<int>(state_->table.frames(state_->at(track))); }
int64_t FeatureStore::samples(int track) const { return state_->table.samples(state_->at(track)); }
double FeatureStore::duration_s(int track) const { return state_->table.duration_s[state_->at(track)]; }
int64_t FeatureStore::trim_begin(int track) const { return state_->table.trim[2 * state_->at(track)]; }
int64_t FeatureStore::trim_end(int track) const { return state_->table.trim[2 * state_->at(track) + 1]; }
float FeatureStore::mel_ref(int track) const { return state_->table.mel_ref[state_->at(track)]; }

void FeatureStore::read_mel_db(int track, int first_frame, std::span<float> out) const {
  const auto half = scratch<Half>(out.size());
  const uint64_t first_value = static_cast<uint64_t>(first_frame) * static_cast<uint64_t>(state_->features.n_mels);
  state_->read(track, mel, first_value * sizeof(Half), std::as_writable_bytes(half));
  formats::to_float(half, out);
}

void FeatureStore::read_waveform(int track, int64_t first_sample, std::span<float> out) const {
  const auto steps = scratch<int16_t>(out.size());
  state_->read(track, waveform, static_cast<uint64_t>(first_sample) * sizeof(int16_t), std::as_writable_bytes(steps));
  const float scale = state_->table.waveform_scale[state_->at(track)];
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(steps[i]) * scale;
}

void FeatureStore::read_mfcc_summary(int track, std::span<float> out) const {
  state_->read(track, mfcc_summary, 0, std::as_writable_bytes(out));
}

int FeatureStore::summary_columns() const { return state_->summary_columns; }

void FeatureStore::read_summary(int track, std::span<float> out) const {
  state_->read(track, summary, 0, std::as_writable_bytes(out));
}

void FeatureStore::read_window_summary(int track, int first_frame, int frames, std::span<float> out) const {
  const int64_t hop = state_->features.hop_length, begin = trim_begin(track) + first_frame * hop;
  const int64_t end = std::min(trim_end(track), begin + frames * hop);
  const auto waveform = [&](std::vector<float>& samples) {
    samples.resize(static_cast<size_t>(end - begin));
    read_waveform(track, begin, samples);
  };
  state_->windows.read({track, first_frame, frames}, waveform, out);
}

void FeatureStore::read_block_features(int track, int first_frame, int frames, std::span<float> out) const {
  const Stretch stretch{track, first_frame, frames};
  if (state_->blocks.find(stretch, out)) return;
  const int n_mels = state_->features.n_mels;
  std::vector<float> db(static_cast<size_t>(frames) * static_cast<size_t>(n_mels));
  read_mel_db(track, first_frame, db);
  const float ref_db = 10 * std::log10(std::max(mel_ref(track), 1e-10F));
  for (float& value : db) value += ref_db;
  const std::vector<float> features = features::block_features(db, n_mels);
  std::copy(features.begin(), features.end(), out.begin());
  state_->blocks.keep(stretch, features);
}

void FeatureStore::verify(int track) const {
  const auto crc32c = IndexReader(index_path(state_->directory)).crc32c(state_->at(track));
  std::vector<std::byte> bytes;
  for (size_t p = 0; p < payloads; ++p) {
    const auto payload = static_cast<Payload>(p);
    bytes.resize(state_->table.extent(state_->at(track), payload).bytes);
    state_->read(track, payload, 0, bytes);
    if (formats::crc32c(bytes) == crc32c[p]) continue;
    const auto path = shard_path(state_->directory, state_->table.shard(state_->at(track)));
    throw SystemError("'" + path.string() + "' is damaged: " + payload_names[p] + " of track '" +
                      std::string(song_id(track)) +
                      "' does not match its CRC32C; features.verify = true makes it anew");
  }
}

}  // namespace foldwave::store
