// What one thread needs to make a training sample: as it is stored, with each augmentation on every sample, with all.
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "foldwave/batches/batches.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/process_usage.h"
#include "foldwave/core/random.h"
#include "foldwave/store/store.h"
#include "jobs/bench.h"
#include "jobs/temporary_directory.h"

namespace foldwave::jobs {
namespace {

constexpr int kTracks = 8, kTrack_s = 30, kBatch = 32, kSamples = 512;

// Chords of a few partials in noise; what they sound like costs nothing.
store::TrackFeatures make_up_track(int number, const features::FeatureConfig& config) {
  store::TrackFeatures track;
  track.song_id = "made-up " + std::to_string(number);
  track.duration_s = kTrack_s;
  track.trim_end = int64_t{kTrack_s} * config.sample_rate;
  Random random({.song = static_cast<uint64_t>(number)});
  const double step = 2 * std::numbers::pi * random.uniform(80, 400) / config.sample_rate;
  for (int64_t i = 0; i < track.trim_end; ++i) {
    double sample = 0.02 * random.uniform(-1, 1);
    for (const int partial : {1, 2, 3, 5}) sample += 0.3 / partial * std::sin(step * partial * static_cast<double>(i));
    track.waveform.push_back(static_cast<float>(sample));
  }
  features::FeatureExtractor extract(config);
  extract(track.waveform, track.features);
  return track;
}

void make_up_store(const std::filesystem::path& directory) {
  features::FeatureConfig config;
  config.summary = features::Summary::mfcc;
  store::StorePlan plan;
  plan.feature_json = features::to_json(config);
  plan.catalog_hash = "0000000000000000";
  plan.first_row = {0, kTracks};
  store::publish_plan(directory, plan);
  store::ShardWriter writer(plan, config, directory, 0);
  for (int track = 0; track < kTracks; ++track) writer.add(make_up_track(track, config));
  writer.publish();
  store::publish_index(directory, plan);
}

struct Variant {
  const char* name;
  std::function<void(augment::AugmentConfig&)> set;
};

// Every transform at a probability of 1, and all of them.
std::vector<Variant> variants() {
  using Config = augment::AugmentConfig;
  std::vector<Variant> each{{"stretch", [](Config& c) { c.stretch_probability = 1; }},
                            {"pitch", [](Config& c) { c.pitch_probability = 1; }},
                            {"gain", [](Config& c) { c.gain_probability = 1; }},
                            {"noise", [](Config& c) { c.noise_probability = 1; }},
                            {"filter", [](Config& c) { c.filter_probability = 1; }},
                            {"shift", [](Config& c) { c.shift_probability = 1; }},
                            {"resize", [](Config& c) { c.resize_probability = 1; }},
                            {"masks", [](Config& c) { c.time_masks = c.frequency_masks = 2; }}};
  const auto all = [each](Config& config) {
    for (const Variant& variant : each) variant.set(config);
    config.pitch_probability = 0.5;
  };
  const auto all_and_mixup = [all](Config& config) {
    all(config);
    config.mixup_probability = 0.5;
  };
  each.insert(each.begin(), {"none", [](Config&) {}});
  each.push_back({"all, pitch 0.5", all});
  each.push_back({"all, pitch 0.5, mixup 0.5", all_and_mixup});
  return each;
}

void measure(const store::FeatureStore& store, const Variant& variant) {
  batches::Songs songs;
  for (int sample = 0; sample < kSamples; ++sample) songs.track.push_back(sample % kTracks);
  songs.label.assign(songs.track.size(), 0);
  batches::InputConfig input;
  const auto n_mels = static_cast<size_t>(store.features().n_mels);
  input.normalisation = {std::vector<float>(n_mels, -40), std::vector<float>(n_mels, 20)};
  augment::AugmentConfig augment;
  variant.set(augment);
  batches::TrainingBatches batches(store, songs, input, augment, {.batch = kBatch, .threads = 0});
  batches::Batch batch;
  batches.begin_epoch(0);
  batches.next(batch);  // opens the shard and fills the buffers
  const double begin_s = monotonic_s(), begin_cpu_s = process_cpu_s();
  for (int step = 1; step < batches.steps(); ++step) batches.next(batch);
  const double made = kSamples - kBatch, wall_s = monotonic_s() - begin_s, cpu_s = process_cpu_s() - begin_cpu_s;
  print_result({{"bench", "loader"},
                {"augmentation", variant.name},
                {"crop_frames", input.crop_frames},
                {"samples_per_s", made / wall_s},
                {"wall_ms", 1e3 * wall_s / made},
                {"cpu_ms", 1e3 * cpu_s / made}});
}

}  // namespace

void bench_loader(const Call& call) {
  comm::on_rank_0(call.world->all(), [&] {
    const TemporaryDirectory directory;
    make_up_store(directory.path());
    const store::FeatureStore store(directory.path());
    for (const Variant& variant : variants()) measure(store, variant);
    return std::string();
  });
}

}  // namespace foldwave::jobs
