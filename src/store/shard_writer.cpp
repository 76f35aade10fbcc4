#include <algorithm>
#include <cmath>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/crc32c.h"
#include "foldwave/store/store.h"
#include "store/layout.h"
#include "store/shard_tables.h"

namespace foldwave::store {
namespace {

using formats::Half;
using formats::Hdf5File;

constexpr float largest_int16 = 32767;

// int16 steps of such a size that the loudest sample takes the last one: the finest that holds the whole track.
float scale_of(const std::vector<float>& waveform) {
  float loudest = 0;
  for (const float sample : waveform) loudest = std::max(loudest, std::abs(sample));
  return loudest / largest_int16;
}

std::vector<int16_t> quantised(const std::vector<float>& waveform, float scale) {
  std::vector<int16_t> steps(waveform.size(), 0);
  if (scale == 0) return steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i] = static_cast<int16_t>(std::lrint(std::clamp(waveform[i] / scale, -largest_int16, largest_int16)));
  }
  return steps;
}

// In dB re the track's maximum.
std::vector<Half> half_db(const features::LogMel& mel) {
  const auto max_db = static_cast<float>(10 * std::log10(std::max(1e-10, static_cast<double>(mel.max_power))));
  auto db = mel.db;
  for (float& value : db) value -= max_db;
  std::vector<Half> half(db.size());
  formats::to_half(db, half);
  return half;
}

template <class T>
uint32_t crc_of(const std::vector<T>& values) {
  return formats::crc32c(std::as_bytes(std::span(values)));
}

template <class T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void require_shapes(const TrackFeatures& track, const features::FeatureConfig& config) {
  const auto& [mel, mfcc, mfcc_summary, summary] = track.features;
  const auto frames = static_cast<size_t>(mel.frames);
  const bool fits = mel.n_mels == config.n_mels && mel.db.size() == frames * static_cast<size_t>(config.n_mels) &&
                    mfcc.n_mfcc == config.n_mfcc && mfcc.frames == mel.frames &&
                    mfcc.values.size() == frames * static_cast<size_t>(config.n_mfcc) &&
                    mfcc_summary.size() == 4 * static_cast<size_t>(config.n_mfcc) &&
                    summary.size() == features::summary_names(config).size();
  if (!fits)
    throw SystemError("storing track '" + track.song_id + "': its features do not have the shapes of the store");
}

void write_parameters(Hdf5File& file, const features::FeatureConfig& config) {
  file.set_attribute("/", "sample_rate", static_cast<int64_t>(config.sample_rate));
  file.set_attribute("/", "n_fft", static_cast<int64_t>(config.n_fft));
  file.set_attribute("/", "hop_length", static_cast<int64_t>(config.hop_length));
  file.set_attribute("/", "n_mels", static_cast<int64_t>(config.n_mels));
  file.set_attribute("/", "n_mfcc", static_cast<int64_t>(config.n_mfcc));
  file.set_attribute("/", "fmin", config.fmin);
  file.set_attribute("/", "fmax", config.fmax);
  file.set_attribute("/", "htk", static_cast<int64_t>(config.htk));
  file.set_attribute("/", "norm", std::string(config.area_norm ? "slaney" : "none"));
  file.set_attribute("/", "power", config.power);
  file.set_attribute("/", "lifter", config.lifter);
  file.set_attribute("/", "top_db", config.top_db);
  file.set_attribute("/", "feature_config", features::to_json(config));
}

void write_identity(Hdf5File& file, const StorePlan& plan, int shard) {
  file.set_attribute("/", "format", format_name);
  file.set_attribute("/", "version", format_version);
  file.set_attribute("/", "config_hash", plan.config_hash());
  file.set_attribute("/", "catalog_hash", plan.catalog_hash);
  file.set_attribute("/", "features", plan.feature_json);
  file.set_attribute("/", "shard", static_cast<int64_t>(shard));
  file.set_attribute("/", "first_row", plan.first_row[static_cast<size_t>(shard)]);
  file.set_attribute("/", "end_row", plan.first_row[static_cast<size_t>(shard) + 1]);
}

}  // namespace

struct ShardWriter::State {
  StorePlan plan;
  features::FeatureConfig config;
  ShardTables tables;
  std::vector<int16_t> waveform;
  std::vector<Half> mel;
  std::vector<float> mfcc;

  void add_row(const TrackFeatures& track, float scale, float mel_ref) {
    tables.song_id.push_back(track.song_id);
    tables.duration_s.push_back(track.duration_s);
    append(tables.trim, {track.trim_begin, track.trim_end});
    tables.waveform_offset.push_back(tables.waveform_offset.back() + static_cast<int64_t>(track.waveform.size()));
    tables.frame_offset.push_back(tables.frame_offset.back() + track.features.mel.frames);
    tables.waveform_scale.push_back(scale);
    tables.mel_ref.push_back(mel_ref);
    append(tables.mfcc_summary, track.features.mfcc_summary);
  }

  void write(Hdf5File& file, int shard) const {
    const uint64_t frames = static_cast<uint64_t>(tables.frame_offset.back());
    write_identity(file, plan, shard);
    write_parameters(file, config);
    write_tables(file, tables, 4 * static_cast<uint64_t>(config.n_mfcc));
    file.set_attribute("/mfcc_summary", "columns", features::mfcc_summary_names(config.n_mfcc));
    file.write<int16_t>("/waveform", waveform, {waveform.size()});
    file.write<Half>("/mel", mel, {frames, static_cast<uint64_t>(config.n_mels)});
    file.write<float>("/mfcc", mfcc, {frames, static_cast<uint64_t>(config.n_mfcc)});
  }
};

ShardWriter::ShardWriter(const StorePlan& plan, const features::FeatureConfig& config)
    : state_(new State{plan, config, {}, {}, {}, {}}) {}

void ShardWriter::add(const TrackFeatures& track) {
  require_shapes(track, state_->config);
  const float scale = scale_of(track.waveform), mel_ref = track.features.mel.max_power;
  const auto waveform_steps = quantised(track.waveform, scale);
  const auto mel_db = half_db(track.features.mel);
  state_->add_row(track, scale, mel_ref);
  append(state_->tables.crc32c,
         {crc_of(waveform_steps), crc_of(mel_db), crc_of(track.features.mfcc.values), crc_of(track.features.mfcc_summary)});
  append(state_->waveform, waveform_steps);
  append(state_->mel, mel_db);
  append(state_->mfcc, track.features.mfcc.values);
}

void ShardWriter::add_unusable(const std::string& song_id, const std::string& reason) {
  state_->tables.unusable_song_id.push_back(song_id);
  state_->tables.unusable_reason.push_back(reason);
}

void ShardWriter::publish(const std::filesystem::path& directory, int shard) {
  const auto& tables = state_->tables;
  const auto& first_row = state_->plan.first_row;
  const auto path = shard_path(directory, shard);
  const auto s = static_cast<size_t>(shard);
  const int64_t rows = static_cast<int64_t>(tables.tracks() + tables.unusable_song_id.size());
  if (s + 1 >= first_row.size() || rows != first_row[s + 1] - first_row[s]) {
    throw SystemError("writing '" + path.string() + "': " + std::to_string(rows) + " tracks are not those of the plan");
  }
  PendingFile pending(path);
  Hdf5File file = Hdf5File::create(pending.temporary());
  state_->write(file, shard);
  file.close();
  pending.commit();
}

}  // namespace foldwave::store
