#include "preparation/shard_maker.h"

#include "foldwave/core/stop.h"

namespace foldwave::preparation {

ShardMaker::ShardMaker(const catalog::Catalog& catalog, const audio::AudioConfig& audio,
                       const features::FeatureConfig& features, const store::StorePlan& plan,
                       const std::filesystem::path& directory)
    : catalog_(catalog), audio_(audio), features_(features), plan_(plan), directory_(directory), extract_(features) {}

catalog::Quarantine ShardMaker::operator()(int shard, const std::function<void()>& track_done) {
  store::ShardWriter writer(plan_, features_, directory_, shard);
  catalog::Quarantine unusable;
  const auto s = static_cast<size_t>(shard);
  for (auto track = static_cast<int>(plan_.first_row[s]); track < plan_.first_row[s + 1]; ++track) {
    if (StopFlag::raised()) throw Stopped("stopped while preparing; the finished shards are kept");
    try {
      writer.add(features_of(track));
    } catch (const audio::UnusableAudio& reason) {  // a track's edge: the run goes on without it
      writer.add_unusable(catalog_.tracks[static_cast<size_t>(track)].id, reason.what(), "");
      unusable[track] = reason.what();
    }
    track_done();
  }
  writer.publish();
  return unusable;
}

store::TrackFeatures ShardMaker::features_of(int track) {
  store::TrackFeatures result;
  result.song_id = catalog_.tracks[static_cast<size_t>(track)].id;
  result.waveform = audio::load(catalog_.file_of(track), audio_).samples;
  result.duration_s = static_cast<double>(result.waveform.size()) / audio_.sample_rate;
  const audio::Span loud = audio::trim(result.waveform, audio_);
  result.trim_begin = loud.begin;
  result.trim_end = loud.end;
  extract_(
      std::span(result.waveform).subspan(static_cast<size_t>(loud.begin), static_cast<size_t>(loud.end - loud.begin)),
      result.features);
  return result;
}

}  // namespace foldwave::preparation
