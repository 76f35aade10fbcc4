#include "jobs/spectrograms.h"

namespace foldwave::jobs {

report::Spectrogram read_spectrogram(const store::FeatureStore& store, int track, const std::string& genre) {
  const features::FeatureConfig& features = store.features();
  report::Spectrogram spectrogram{.song_id = std::string(store.song_id(track)),
                                  .genre = genre,
                                  .begin_s = static_cast<double>(store.trim_begin(track)) / features.sample_rate,
                                  .frames = store.frames(track),
                                  .db = {}};
  spectrogram.db.resize(static_cast<size_t>(spectrogram.frames) * features.n_mels);
  store.read_mel_db(track, 0, spectrogram.db);
  return spectrogram;
}

}  // namespace foldwave::jobs
