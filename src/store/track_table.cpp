#include "store/track_table.h"

#include <algorithm>

#include "foldwave/core/errors.h"
#include "foldwave/formats/half.h"

namespace foldwave::store {
namespace {

std::array<uint64_t, payloads> bytes_of_rows(const features::FeatureConfig& config) {
  const auto n_mels = static_cast<uint64_t>(config.n_mels), n_mfcc = static_cast<uint64_t>(config.n_mfcc);
  return {sizeof(int16_t), n_mels * sizeof(formats::Half), n_mfcc * sizeof(float), 4 * n_mfcc * sizeof(float),
          features::summary_names(config).size() * sizeof(float)};
}

}  // namespace

TrackTable::TrackTable(const features::FeatureConfig& config, int shards, size_t tracks)
    : song_id(tracks), row_bytes_(bytes_of_rows(config)), shards_(static_cast<size_t>(shards)) {
  duration_s.reserve(tracks);
  trim.reserve(2 * tracks);
  waveform_scale.reserve(tracks);
  mel_ref.reserve(tracks);
  first_sample_.reserve(tracks + 1);
  first_frame_.reserve(tracks + 1);
}

int TrackTable::shard(size_t track) const {
  const auto after = std::upper_bound(first_track_.begin(), first_track_.end(), track);
  return static_cast<int>(after - first_track_.begin()) - 1;
}

int64_t TrackTable::first_row(size_t track, Payload payload) const {
  if (payload == waveform) return first_sample_[track];
  return payload == mel || payload == mfcc ? first_frame_[track] : static_cast<int64_t>(track);
}

Extent TrackTable::extent(size_t track, Payload payload) const {
  const auto s = static_cast<size_t>(shard(track));
  const auto row = [&](size_t t) { return static_cast<uint64_t>(first_row(t, payload)) * row_bytes_[payload]; };
  return {begin_[s][payload] + row(track) - row(first_track_[s]), row(track + 1) - row(track)};
}

// False if the row is not where those before it put it.
bool TrackTable::append_row(const IndexRows& rows, size_t i) {
  constexpr uint64_t longest = uint64_t{1} << 40;  // bytes: keeps the sums from overflowing
  const uint64_t *offset = &rows.payload_offset[i * payloads], *bytes = &rows.payload_bytes[i * payloads];
  const auto s = static_cast<size_t>(rows.shard[i]);
  if (s >= shards_ || s + 1 < first_track_.size()) return false;
  for (; first_track_.size() < s; begin_.push_back({})) first_track_.push_back(tracks());  // shards of unusable files
  if (first_track_.size() == s) {
    first_track_.push_back(tracks());
    auto& begin = begin_.emplace_back();
    std::copy(offset, offset + payloads, begin.begin());
  }
  if (bytes[waveform] > longest || bytes[mel] > longest) return false;
  first_sample_.push_back(first_sample_.back() + static_cast<int64_t>(bytes[waveform] / row_bytes_[waveform]));
  first_frame_.push_back(first_frame_.back() + static_cast<int64_t>(bytes[mel] / row_bytes_[mel]));
  const size_t track = tracks();
  duration_s.push_back(rows.duration_s[i]);
  for (size_t p = 0; p < payloads; ++p) {
    const Extent expected = extent(track, static_cast<Payload>(p));
    if (bytes[p] != expected.bytes || (bytes[p] > 0 && offset[p] != expected.offset)) return false;
  }
  return true;
}

void TrackTable::append(const IndexRows& rows, const std::string& where) {
  for (size_t i = 0; i < rows.tracks(); ++i) {
    if (!append_row(rows, i))
      throw InputError(where + ": the payloads of track '" + rows.song_id[i] +
                       "' do not lie where they must, or do not have the shapes of its features");
    song_id.add(rows.song_id[i]);
  }
  trim.insert(trim.end(), rows.trim.begin(), rows.trim.end());
  waveform_scale.insert(waveform_scale.end(), rows.waveform_scale.begin(), rows.waveform_scale.end());
  mel_ref.insert(mel_ref.end(), rows.mel_ref.begin(), rows.mel_ref.end());
}

}  // namespace foldwave::store
