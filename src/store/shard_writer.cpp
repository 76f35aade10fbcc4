#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "foldwave/core/descriptor.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/crc32c.h"
#include "foldwave/store/store.h"
#include "store/quantise.h"
#include "store/seal.h"
#include "store/shard_attributes.h"
#include "store/shard_tables.h"

namespace foldwave::store {
namespace {

using formats::Half;
using formats::Hdf5File;

constexpr size_t block_values = 16384;  // converted at a time: they stay in the cache until they are written

// One payload of the tracks so far, one behind the other.
struct Spool {
  Descriptor file;
  uint64_t bytes = 0;
};

float decibel(float power) { return static_cast<float>(10 * std::log10(std::max(1e-10, static_cast<double>(power)))); }

void require_shapes(const TrackFeatures& track, const features::FeatureConfig& config, size_t summary_columns) {
  const auto& [log_mel, coefficients, coefficient_summary, rich_summary] = track.features;
  const auto frames = static_cast<size_t>(log_mel.frames), n_mels = static_cast<size_t>(config.n_mels),
             n_mfcc = static_cast<size_t>(config.n_mfcc);
  const bool fits = log_mel.n_mels == config.n_mels && log_mel.db.size() == frames * n_mels &&
                    coefficients.n_mfcc == config.n_mfcc && coefficients.frames == log_mel.frames &&
                    coefficients.values.size() == frames * n_mfcc && coefficient_summary.size() == 4 * n_mfcc &&
                    rich_summary.size() == summary_columns;
  if (!fits)
    throw SystemError("storing track '" + track.song_id + "': its features do not have the shapes of the store");
}

}  // namespace

struct ShardWriter::State {
  StorePlan plan;
  features::FeatureConfig config;
  std::filesystem::path directory;
  int shard;
  uint64_t summary_columns;
  ShardTables tables;
  std::vector<Spool> spools;  // [payloads]
  std::vector<int16_t> steps = std::vector<int16_t>(block_values);
  std::vector<float> decibels = std::vector<float>(block_values);
  std::vector<Half> halves = std::vector<Half>(block_values);

  uint32_t spool(Payload payload, std::span<const std::byte> bytes, uint32_t crc_before = 0) {
    spools[payload].file.write(bytes);
    spools[payload].bytes += bytes.size();
    return formats::crc32c(bytes, crc_before);
  }

  uint32_t spool_waveform(std::span<const float> samples, float step) {
    uint32_t crc = 0;
    for (; !samples.empty(); samples = samples.subspan(std::min(block_values, samples.size()))) {
      const auto part = samples.first(std::min(block_values, samples.size()));
      const auto converted = std::span(steps).first(part.size());
      quantise(part, step, converted);
      crc = spool(waveform, std::as_bytes(converted), crc);
    }
    return crc;
  }

  // In dB re the track's maximum.
  uint32_t spool_mel(std::span<const float> db, float max_db) {
    uint32_t crc = 0;
    for (; !db.empty(); db = db.subspan(std::min(block_values, db.size()))) {
      const auto part = db.first(std::min(block_values, db.size()));
      const auto relative = std::span(decibels).first(part.size());
      std::transform(part.begin(), part.end(), relative.begin(), [max_db](float value) { return value - max_db; });
      const auto converted = std::span(halves).first(part.size());
      formats::to_half(relative, converted);
      crc = spool(mel, std::as_bytes(converted), crc);
    }
    return crc;
  }

  void add_row(const TrackFeatures& track, float step, const std::array<uint32_t, payloads>& crc32c) {
    tables.song_id.push_back(track.song_id);
    tables.duration_s.push_back(track.duration_s);
    tables.trim.insert(tables.trim.end(), {track.trim_begin, track.trim_end});
    tables.waveform_offset.push_back(tables.waveform_offset.back() + static_cast<int64_t>(track.waveform.size()));
    tables.frame_offset.push_back(tables.frame_offset.back() + track.features.mel.frames);
    tables.waveform_scale.push_back(step);
    tables.mel_ref.push_back(track.features.mel.max_power);
    tables.crc32c.insert(tables.crc32c.end(), crc32c.begin(), crc32c.end());
  }

  void reserve_payloads(Hdf5File& file) const {
    const uint64_t frames = static_cast<uint64_t>(tables.frame_offset.back()), tracks = tables.tracks(),
                   n_mels = static_cast<uint64_t>(config.n_mels), n_mfcc = static_cast<uint64_t>(config.n_mfcc);
    file.reserve<int16_t>("/waveform", {static_cast<uint64_t>(tables.waveform_offset.back())});
    file.reserve<Half>("/mel", {frames, n_mels});
    file.reserve<float>("/mfcc", {frames, n_mfcc});
    file.reserve<float>("/mfcc_summary", {tracks, 4 * n_mfcc});
    file.reserve<float>("/summary", {tracks, summary_columns});
  }

  // All but the payloads; returns where those belong.
  PayloadExtents write_description(const std::filesystem::path& path) const {
    Hdf5File file = Hdf5File::create(path);
    write_attributes(file, plan, config, shard);
    reserve_payloads(file);
    write_columns(file, config);
    write_tables(file, tables);
    PayloadExtents extents;
    for (size_t p = 0; p < payloads; ++p) extents[p] = {file.byte_offset("/" + payload_names[p]), spools[p].bytes};
    file.close();
    return extents;
  }

  void fill(const std::filesystem::path& path, const PayloadExtents& extents) const {
    Descriptor file(path, O_RDWR);
    for (size_t p = 0; p < payloads; ++p) file.copy_from(spools[p].file, extents[p].offset, extents[p].bytes);
    seal(file, extents);
    file.close();
  }
};

ShardWriter::ShardWriter(const StorePlan& plan, const features::FeatureConfig& config,
                         const std::filesystem::path& directory, int shard)
    : state_(new State{plan, config, directory, shard, features::summary_names(config).size(), {}, {}}) {
  if (shard < 0 || shard >= plan.shards())
    throw SystemError("writing '" + shard_path(directory, shard).string() + "': the plan does not have it");
  for (size_t p = 0; p < payloads; ++p) state_->spools.push_back({Descriptor::unnamed(directory), 0});
}

ShardWriter::~ShardWriter() = default;

void ShardWriter::add(const TrackFeatures& track) {
  require_shapes(track, state_->config, state_->summary_columns);
  const float step = step_size(track.waveform);
  if (!std::isfinite(step)) throw SystemError("storing track '" + track.song_id + "': samples that are not finite");
  const auto& kept = track.features;
  state_->add_row(
      track, step,
      {state_->spool_waveform(track.waveform, step), state_->spool_mel(kept.mel.db, decibel(kept.mel.max_power)),
       state_->spool(mfcc, std::as_bytes(std::span(kept.mfcc.values))),
       state_->spool(mfcc_summary, std::as_bytes(std::span(kept.mfcc_summary))),
       state_->spool(summary, std::as_bytes(std::span(kept.summary)))});
}

void ShardWriter::add_unusable(const std::string& song_id, const std::string& reason, const std::string& stamp) {
  state_->tables.unusable_song_id.push_back(song_id);
  state_->tables.unusable_reason.push_back(reason);
  state_->tables.unusable_stamp.push_back(stamp);
}

void ShardWriter::publish() {
  const auto& [plan, tables, s] = std::tie(state_->plan, state_->tables, state_->shard);
  const auto path = shard_path(state_->directory, s);
  const auto rows = static_cast<int64_t>(tables.tracks() + tables.unusable_song_id.size());
  if (rows != plan.first_row[static_cast<size_t>(s) + 1] - plan.first_row[static_cast<size_t>(s)])
    throw SystemError("writing '" + path.string() + "': " + std::to_string(rows) + " tracks are not those of the plan");
  PendingFile pending(path, Readers::group);
  state_->fill(pending.temporary(), state_->write_description(pending.temporary()));
  pending.commit();
}

}  // namespace foldwave::store
