// How fast a finished feature store is opened and read: whole tracks in order, crops at random.
#include <algorithm>
#include <vector>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/core/random.h"
#include "foldwave/preparation/preparation.h"
#include "jobs/bench.h"

namespace foldwave::jobs {
namespace {

constexpr int kCropFrames = 256, kCrops = 100'000;

struct Reading {
  double seconds = 0, bytes = 0;  // bytes on disk: float16 and int16
};

Reading read_everything(const store::FeatureStore& store) {
  const auto n_mels = static_cast<size_t>(store.features().n_mels);
  std::vector<float> values;
  Reading reading;
  const double begin_s = monotonic_s();
  for (int track = 0; track < store.tracks(); ++track) {
    values.resize(static_cast<size_t>(store.frames(track)) * n_mels);
    store.read_mel_db(track, 0, values);
    reading.bytes += 2.0 * static_cast<double>(values.size());
    values.resize(static_cast<size_t>(store.samples(track)));
    store.read_waveform(track, 0, values);
    reading.bytes += 2.0 * static_cast<double>(values.size());
  }
  reading.seconds = monotonic_s() - begin_s;
  return reading;
}

// As training asks for them; of tracks shorter than a crop, all there is.
double crops_per_s(const store::FeatureStore& store) {
  const auto n_mels = static_cast<size_t>(store.features().n_mels);
  std::vector<float> values(kCropFrames * n_mels);
  Random random(RandomKey{});
  const double begin_s = monotonic_s();
  for (int crop = 0; crop < kCrops; ++crop) {
    const auto track = static_cast<int>(random.below(static_cast<uint64_t>(store.tracks())));
    const int frames = std::min(kCropFrames, store.frames(track));
    const auto first = static_cast<int>(random.below(static_cast<uint64_t>(store.frames(track) - frames + 1)));
    store.read_mel_db(track, first, std::span(values).first(static_cast<size_t>(frames) * n_mels));
  }
  return kCrops / (monotonic_s() - begin_s);
}

}  // namespace

void bench_store(const Call& call) {
  const auto directory = preparation::prepare_config(call.settings).store;
  comm::on_rank_0(call.world->all(), [&] {
    const double before_mib = anonymous_mib(), begin_s = monotonic_s();
    const store::FeatureStore store(directory);
    const double open_s = monotonic_s() - begin_s, after_mib = anonymous_mib();
    if (store.tracks() == 0) throw InputError("the feature store '" + directory.string() + "' holds no track to read");
    const Reading reading = read_everything(store);
    print_result({{"bench", "store"},
                  {"tracks", store.tracks()},
                  {"shards", store.plan().shards()},
                  {"open_s", open_s},
                  {"anonymous_mib", after_mib - before_mib},
                  {"read_gb", reading.bytes / 1e9},
                  {"read_gb_per_s", reading.bytes / 1e9 / reading.seconds},
                  {"crop_frames", kCropFrames},
                  {"crops_per_s", crops_per_s(store)}});
    return std::string();
  });
}

}  // namespace foldwave::jobs
